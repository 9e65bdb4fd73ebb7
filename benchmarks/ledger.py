"""`./regulars bench ledger`: the books, on both databases, each measure beside its anchor.

python -m benchmarks.ledger [--only NAME] [--on postgresql|sqlite] [--rounds N] [--scale X]
"""

import sys
from collections.abc import Sequence

from benchmarks import running

WORKS = {
    "booking": ("postgresql", "sqlite"),
    "hot": ("postgresql",),
    "writers": ("sqlite",),
    "expiry": ("postgresql", "sqlite"),
}


def main(words: Sequence[str]) -> int:
    """Measure what was asked for."""
    return running.main("ledger", WORKS, words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
