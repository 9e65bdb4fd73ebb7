"""Who does something, and through which door: passed to every domain function as by=."""

from dataclasses import dataclass

from loyalty.models import Channel, Location, StaffRole, User


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who acts: a log-in, its place in the business if it has one, the door, the branch, the device."""

    channel: Channel
    user: User | None = None
    staff: StaffRole | None = None
    location: Location | None = None
    device: str = ""


SYSTEM = Actor(channel=Channel.SYSTEM)
