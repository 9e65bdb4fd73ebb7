"""Somebody on the way to a membership: what was typed and what is proven so far, kept in the session."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any

from django.http import HttpRequest

from loyalty.models import MessageChannel

KEY = "joining"


@dataclass(slots=True)
class Pending:
    """What was typed. code is the id of the code that is out (0: none was sent), channel where it went.

    answers are [purpose id, channel, ticked]; notice is the version shown with them, context how they were given;
    claiming wants no new membership.
    """

    business: str
    email: str
    language: str
    claiming: bool = False
    name: str = ""
    phone: str = ""
    card: str = ""
    answers: list[tuple[int, str, bool]] = field(default_factory=list)
    notice: int | None = None
    context: dict[str, str | None] = field(default_factory=dict)
    email_proven: bool = False
    phone_proven: bool = False
    code: int = 0
    channel: str = ""

    @property
    def address(self) -> str:
        """Where the code went."""
        return self.email if self.channel == MessageChannel.EMAIL else self.phone

    @property
    def by_phone(self) -> bool:
        """Whether it is the phone that is being proven."""
        return self.channel == MessageChannel.SMS

    def save(self, request: HttpRequest) -> None:
        """Keep it in the visitor's session."""
        request.session[KEY] = asdict(self)


def load(request: HttpRequest, business: str) -> Pending | None:
    """Return who is on the way to a membership of the business in this session, if anybody is."""
    kept: Any = request.session.get(KEY)
    if not isinstance(kept, dict) or kept.get("business") != business:
        return None
    # What an earlier version of the program kept is of no use.
    return Pending(**kept) if kept.keys() == {each.name for each in fields(Pending)} else None


def drop(request: HttpRequest) -> None:
    """Forget who was on the way."""
    request.session.pop(KEY, None)
