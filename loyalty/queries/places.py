"""The places of a log-in: businesses it works in, and what the apps above add to them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from loyalty.models import Business, User


@dataclass(frozen=True, slots=True)
class Place:
    """A page of a business that somebody goes to often; words say what they have there."""

    business: Business
    url: str
    words: str = ""


others: list[Callable[[User, datetime], list[Place]]] = []
"""What the apps above add: where a log-in is a customer. Each adds its own in AppConfig.ready()."""


def places_of(user: User, at: datetime) -> list[Place]:
    """Return where a log-in is a customer."""
    return [place for find in others for place in find(user, at)]
