"""How much of what could be sent is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

STEP = 37
"""Prime to the length of every list of values, so that steps of it reach each value once."""


@dataclass(frozen=True)
class Reach:
    """So many values for each place, None for all of them; another seed draws others."""

    values: int | None
    seed: int = 0

    @property
    def whole(self) -> bool:
        """Whether everything is sent everywhere, as everyone."""
        return self.values is None

    def some[T](self, values: Sequence[T], mark: str) -> list[T]:
        """Return values for the place of a mark: they differ from place to place."""
        if self.values is None:
            return list(values)
        start = crc32(f"{self.seed or ''}{mark}".encode())
        return [values[(start + step * STEP) % len(values)] for step in range(min(self.values, len(values)))]
