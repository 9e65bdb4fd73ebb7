"""How often something may be tried from one place, counted exactly in the database that all processes share."""

from dataclasses import dataclass

from django.utils import timezone

from loyalty.domain import tries


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many tries within so many seconds. name tells limits apart."""

    name: str
    most: int
    seconds: int

    def allows(self, who: object) -> bool:
        """Count a try of an address or an id and return whether it is within the limit."""
        return tries.count(name=self.name, who=who, seconds=self.seconds, at=timezone.now()) <= self.most
