"""`./regulars bench http`: booking at the till and the member's pages, as a browser meets them.

python -m benchmarks.http [--only NAME] [--on postgresql|sqlite] [--rounds N] [--scale X]
"""

import sys
from collections.abc import Sequence

from benchmarks import running

WORKS = {"till": ("postgresql", "sqlite"), "pages": ("postgresql", "sqlite")}


def main(words: Sequence[str]) -> int:
    """Measure what was asked for."""
    return running.main("http", WORKS, words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
