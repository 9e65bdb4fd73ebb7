"""What a history of answers comes to, and which events an answer adds to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

type Key = tuple[int, str]
"""A purpose's id and a channel: what one box is about."""


class Kind(StrEnum):
    """What happened to a consent."""

    GIVEN = "given"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Answer:
    """One event of a history, as far as the state depends on it. number is its place in the history."""

    number: int
    purpose: int
    channel: str
    kind: Kind
    at: datetime


@dataclass(frozen=True, slots=True)
class ConsentState:
    """Where one consent stands, and the event that put it there."""

    kind: Kind
    at: datetime
    number: int

    @property
    def is_on(self) -> bool:
        """Whether the last word was yes; it may still wait for its confirmation."""
        return self.kind in (Kind.GIVEN, Kind.CONFIRMED)

    @property
    def is_confirmed(self) -> bool:
        """Whether the consent holds: given, and proven to come from the person."""
        return self.kind is Kind.CONFIRMED

    @property
    def is_waiting(self) -> bool:
        """Whether the consent was given but not yet proven to come from the person."""
        return self.kind is Kind.GIVEN


def replay(history: Iterable[Answer]) -> dict[Key, ConsentState]:
    """Return the state of every consent that a history speaks of, in the history's own order.

    A confirmation confirms what is given at its moment and nothing else; a second yes does not undo a confirmation.
    """
    states: dict[Key, ConsentState] = {}
    for answer in history:
        key = (answer.purpose, answer.channel)
        before = states.get(key)
        if answer.kind is Kind.CONFIRMED and (before is None or not before.is_on):
            continue
        if answer.kind is Kind.GIVEN and before is not None and before.is_on:
            continue
        states[key] = ConsentState(answer.kind, answer.at, answer.number)
    return states


def confirms(proven: str, channel: str) -> bool:
    """Return whether an answer over one proven channel confirms a consent for another.

    SMS and phone share a number; what needs no address of its own only needs to be sure that the person answers.
    """
    return proven == channel or channel in ("none", "post") or {proven, channel} == {"sms", "phone"}


def kinds_to_write(before: ConsentState | None, *, ticked: bool, proven: bool) -> tuple[Kind, ...]:
    """Return the events that an answer adds to a state; none when it says what is known already.

    proven: it is certain that the person answers, and the channel's address is the person's own.
    """
    if not ticked:
        if before is None:
            return (Kind.REFUSED,)
        return (Kind.WITHDRAWN,) if before.is_on else ()
    if before is None or not before.is_on:
        return (Kind.GIVEN, Kind.CONFIRMED) if proven else (Kind.GIVEN,)
    return (Kind.CONFIRMED,) if proven and before.is_waiting else ()
