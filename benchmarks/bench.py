"""What ``make bench`` runs: every race, and the table. Name functions to run these alone."""

import sys

import torch
from classification_races import RACES as CLASSIFICATION
from distance_races import RACES as DISTANCES
from divergence_races import RACES as DIVERGENCES
from embedding_races import RACES as EMBEDDINGS
from harness import lines, run
from image_races import RACES as IMAGES
from optimizer_races import RACES as OPTIMIZERS
from probability_races import RACES as PROBABILITY
from regression_races import RACES as REGRESSION

RACES = [
    *REGRESSION,
    *PROBABILITY,
    *DIVERGENCES,
    *CLASSIFICATION,
    *DISTANCES,
    *EMBEDDINGS,
    *IMAGES,
    *OPTIMIZERS,
]


def main(names):
    """Run the races whose function is named, all if none is, and print the table."""
    torch.set_num_threads(1)
    chosen = [race for race in RACES if not names or race.name.split()[0] in names]
    if not chosen:
        known = sorted({race.name.split()[0] for race in RACES})
        print(f"no race for {' '.join(names)}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    for line in lines(run(race, size) for race in chosen for size in race.sizes):
        print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
