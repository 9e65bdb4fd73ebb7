"""A process that reads something foreign: what it may use, taken upon itself before it reads."""

import os
from contextlib import suppress
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the process that reads a file may use: bytes of memory, seconds, and bytes of a file that it writes.

    cpu is how long it may compute without a sign of progress, most_cpu in all; wall is the same by the clock, and is
    for whoever waits for it. nice is how much less urgent than a till's request it is.
    """

    memory: int
    cpu: int
    most_cpu: int
    wall: int
    file: int
    nice: int


def take(bounds: Bounds) -> None:
    """Take the bounds upon this process. Windows knows none: there only the clock bounds it, from outside."""
    with suppress(ImportError, OSError, AttributeError):
        import resource

        os.nice(bounds.nice)
        resource.setrlimit(resource.RLIMIT_AS, (bounds.memory, bounds.memory))
        resource.setrlimit(resource.RLIMIT_FSIZE, (bounds.file, bounds.file))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (bounds.cpu, bounds.most_cpu))


def allow_more_time(bounds: Bounds) -> None:
    """After a sign of progress: so many seconds more, to the end of all it may have."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        allowed = int(used.ru_utime + used.ru_stime) + bounds.cpu
        resource.setrlimit(resource.RLIMIT_CPU, (min(allowed, bounds.most_cpu), bounds.most_cpu))
