"""The recurring jobs of the installation. Each app registers its own at start, in <app>/jobs.py."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

LIGHT, HEAVY, FILES = "default", "bulk", "files"
"""Queues: what takes seconds, what may take minutes and must not keep mails waiting, and files that owners wait for."""


@dataclass(frozen=True, slots=True)
class JobSpec:
    """A job: safe to run late, twice, or killed in the middle. run gets the moment and returns figures."""

    name: str
    label: Any
    every: timedelta
    run: Callable[[datetime], Mapping[str, Any]]
    queue: str = LIGHT


_registry: dict[str, JobSpec] = {}


def register(*specs: JobSpec) -> None:
    """Add jobs; the same name again replaces the earlier one."""
    _registry.update({spec.name: spec for spec in specs})


def jobs() -> list[JobSpec]:
    """Return every registered job, by name."""
    return [_registry[name] for name in sorted(_registry)]


def job(name: str) -> JobSpec:
    """Return one job; raises KeyError for an unknown name."""
    return _registry[name]
