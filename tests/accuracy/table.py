"""Print how accurate each function is, beside others: ``python tests/accuracy/table.py [COUNT]``.

Errors are in units in the last place, divided by the condition number where one is given and above 1.
"""

import sys

import numpy as np
import ulp

COUNT = 10_000
WIDTHS = (34, 8, 9, 9, 9, 10)


def line(cells):
    """Return the cells of one row, the first to the left and the others to the right."""
    first, *others = zip(cells, WIDTHS, strict=True)
    return " ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)])


def main(count):
    """Print the table and return the exit status: 1 if a bound is broken."""
    broken = []
    print(line(["function", "type", "largest", "median", "/ bound", "condition"]), flush=True)
    for subject in ulp.subjects():
        for dtype in subject.dtypes:
            found = ulp.measure(subject, count, dtype)
            name = np.dtype(dtype).name
            cells = [
                f"{found.errors.max():.2f}",
                f"{np.median(found.errors):.2f}",
                f"{found.excess.max():.2f}",
            ]
            print(line([subject.name, name, *cells, f"{np.median(found.conditions):.2g}"]), flush=True)
            for peer, errors in found.peers.items():
                cells = [f"{errors.max():.3g}", f"{np.median(errors):.2f}", "", ""]
                print(line([f"  in {peer}", name, *cells]), flush=True)
                if found.errors.max() > errors.max() + 2:
                    broken.append(f"{subject.name} ({name}) is over 2 ulp worse than {peer}'s")
            if found.excess.max() > 1:
                broken.append(f"{subject.name} ({name}) breaks its bound")
    print(f"\n{count} points each.", *broken, sep="\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT))
