"""`./regulars bench imports`: bringing in a file of purchases, beside a bare COPY of the rows that it leaves.

A round is 20,000 purchases; with five rounds `--scale 10` makes a million.
python -m benchmarks.imports [--on postgresql|sqlite] [--rounds N] [--scale X]
"""

import sys
from collections.abc import Sequence

from benchmarks import running

WORKS = {"imports": ("postgresql", "sqlite")}


def main(words: Sequence[str]) -> int:
    """Measure what was asked for."""
    return running.main("imports", WORKS, words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
