"""How often something may be tried from one place, counted in the cache that all processes share.

The count is not exact under a flood of requests at the same moment: a few more may slip through. What must never
happen twice is guarded by the database, not by this.
"""

import hashlib
import time
from dataclasses import dataclass

from django.core.cache import cache


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many tries within so many seconds. name tells limits apart."""

    name: str
    most: int
    seconds: int

    def allows(self, who: object) -> bool:
        """Count a try of somebody (an address, an id) and return whether it is within the limit."""
        window = int(time.time()) // self.seconds
        key = f"limit:{self.name}:{hashlib.sha256(str(who).encode()).hexdigest()[:32]}:{window}"
        tries = int(cache.get(key, 0)) + 1
        cache.set(key, tries, self.seconds)
        return tries <= self.most
