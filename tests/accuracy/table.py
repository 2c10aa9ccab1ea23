"""Print how accurate each function is, beside others: ``make accuracy``, with COUNT=300 for fewer points.

ONLY=huber measures the functions whose name begins so. Errors are in units in the last place, divided by the
condition number where one is given and above 1.
"""

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import ulp

COUNT = 10_000
WIDTHS = (40, 8, 9, 9, 9, 10)


def line(cells):
    """Return the cells of one row, the first to the left and the others to the right."""
    first, *others = zip(cells, WIDTHS, strict=True)
    return " ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)])


def rows(number, dtype, count):
    """Measure one subject, by its number, in one type: return its rows and the bounds that it breaks."""
    subject, name = ulp.subjects()[number], np.dtype(dtype).name
    found = ulp.measure(subject, count, dtype)
    worst, median = f"{found.errors.max():.2f}", f"{np.median(found.errors):.2f}"
    over, condition = f"{found.excess.max():.2f}", f"{np.median(found.conditions):.2g}"
    table, broken = [line([subject.name, name, worst, median, over, condition])], []
    for peer, errors in found.peers.items():
        table.append(line([f"  in {peer}", name, f"{errors.max():.3g}", f"{np.median(errors):.2f}", "", ""]))
        if found.errors.max() > errors.max() + 2:
            broken.append(f"{subject.name} ({name}) is over 2 ulp worse than {peer}'s")
    if found.excess.max() > 1:
        broken.append(f"{subject.name} ({name}) breaks its bound")
    return table, broken


def main():
    """Print the table and return the exit status: 1 if a bound is broken."""
    parser = argparse.ArgumentParser(description="Measure the functions against many digits.")
    parser.add_argument("count", nargs="?", type=int, default=COUNT, help="points for each")
    parser.add_argument("--only", default="", help="the beginning of a function's name: huber")
    arguments = parser.parse_args()
    count = arguments.count
    chosen = [
        (number, dtype)
        for number, subject in enumerate(ulp.subjects())
        for dtype in subject.dtypes
        if subject.name.startswith(arguments.only)
    ]
    if not chosen:
        sys.exit(f"ONLY must be the beginning of a function's name, such as huber; got {arguments.only!r}")
    print(line(["function", "type", "largest", "median", "/ bound", "condition"]), flush=True)
    numbers, dtypes = zip(*chosen, strict=True)
    broken = []
    # Many digits take minutes; each subject draws its points from its own seed, so they can be shared out.
    with ProcessPoolExecutor() as pool:
        for table, breaks in pool.map(rows, numbers, dtypes, [count] * len(chosen)):
            print(*table, sep="\n", flush=True)
            broken += breaks
    print(f"\n{count} points each.", *broken, sep="\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
