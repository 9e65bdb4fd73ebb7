"""Somebody who joins online: types, reads the codes that come, types them in."""

import re
from dataclasses import dataclass, field

from django.core import signing
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from loyalty.models import Business, OutboxMessage
from members.domain import enrolment
from members.domain.enrolment import Person
from members.forms.join import SALT
from members.models import Member, MemberSource
from tests.world import NOW, World


@dataclass
class Newcomer:
    """A visitor of a business's pages, with what the form carries that they opened."""

    business: Business
    client: Client = field(default_factory=Client)

    def url(self, name: str, **more: object) -> str:
        return reverse(f"members:{name}", kwargs={"business": self.business.slug, **more})

    def get(self, name: str, **more: object) -> HttpResponse:
        return self.client.get(self.url(name, **more))

    def post(self, name: str, data: dict[str, object] | None = None, **more: object) -> HttpResponse:
        return self.client.post(self.url(name, **more), data or {})

    def fill_in(self, name: str = "Ana", email: str = "ana@example.com", **more: object) -> HttpResponse:
        """Send the form that joins; more are other fields."""
        return self.post("join", {"name": name, "email": email, "opened": opened(), **more})

    def claim(self, **fields: object) -> HttpResponse:
        """Send the form that looks for a membership of the counter."""
        return self.post("claim", {"opened": opened(), **fields})

    def type_code(self, code: str = "") -> HttpResponse:
        """Type in a code: the one that came last, unless another is given."""
        return self.post("join-code", {"code": code or last_code()})

    @property
    def member(self) -> Member:
        """The membership of whoever is logged in here."""
        return Member.objects.get(business=self.business, user=self.client.session["_auth_user_id"])


def at_counter(world: World, **person: str) -> Member:
    """Let the cashier enrol somebody, without a name unless one is given."""
    return enrolment.enrol(
        business=world.business, person=Person(**{"name": "", **person}), source=MemberSource.COUNTER,
        by=world.at_counter(), at=NOW,
    )  # fmt: skip


def opened() -> str:
    """What a form carries that was opened."""
    return signing.dumps("opened", salt=SALT)


def last_code() -> str:
    """Read the code off the message that was written last."""
    found = re.search(r"\b[0-9]{6}\b", OutboxMessage.objects.latest("pk").body)
    assert found
    return found.group()


def wrong(code: str) -> str:
    """A code that is not this one."""
    return f"{(int(code) + 1) % 1_000_000:06}"


def words(response: HttpResponse) -> str:
    """A page without what differs each time it is drawn."""
    return re.sub(r'(csrfmiddlewaretoken" value|X-CSRFToken"|opened" value)[=:]"[^"]*"', "", response.content.decode())
