"""Somebody at the till of the world's café: a log-in with a browser that runs no scripts."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from loyalty.domain import program
from loyalty.domain.program import RuleDraft, UnitDraft
from loyalty.models import Account, AuditEvent, Balance, Entry, Posting, Refund, Sale, UnitKind, User
from members.models import Member, ViewLog
from rewards.models import Redemption, Voucher
from tests.world import NOW, World

HTMX = {"HX-Request": "true"}


@dataclass
class Till:
    """A till of the café, signed in as a user."""

    world: World
    user: User
    client: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        self.client.force_login(self.user)

    def url(self, name: str = "home", **more: object) -> str:
        return reverse(f"members:counter-{name}", kwargs={"business": self.world.business.slug, **more})

    def get(self, name: str = "home", **more: object) -> HttpResponse:
        return self.client.get(self.url(name, **more))

    def post(self, name: str = "home", data: dict[str, object] | None = None, **more: object) -> HttpResponse:
        return self.client.post(self.url(name, **more), data or {})

    def find(self, text: str, *, live: bool = False) -> HttpResponse:
        return self.client.post(self.url(), {"q": text}, headers=HTMX if live else {})

    def book(self, amount: str = "12.50", *, account: Account | None = None, **more: object) -> HttpResponse:
        """Send the form of a purchase."""
        data = {"key": uuid4(), "amount": amount, "receipt": "", **more}
        return self.post("member", data, account=(account or self.world.member.account).public_id)

    def visit(self) -> HttpResponse:
        return self.post("member", {"key": uuid4(), "visit": "1"}, account=self.world.member.account.public_id)

    def customer(self, account: Account | None = None) -> HttpResponse:
        """Open the page of a customer: the member's, unless another account is given."""
        return self.get("member", account=(account or self.world.member.account).public_id)

    def take_over(self, pin: str) -> HttpResponse:
        return self.post("till", {"pin": pin})


def run(world: World, *rules: RuleDraft, at: datetime = NOW, **points: object) -> None:
    """Take other rules live; points: other columns of that unit."""
    units = [
        UnitDraft("points", UnitKind.POINTS, "points", "point", **points),
        UnitDraft("stamps", UnitKind.STAMPS, "stamps", "stamp", card_size=10),
    ]
    by = world.at_console()
    program.draft(business=world.business, name="Club", units=units, rules=rules, by=by, at=at)
    program.go_live(business=world.business, by=by, at=at)


def rows() -> dict[str, int]:
    """How many rows there are of all that a till writes: the same when something was refused."""
    models = (Sale, Refund, Posting, Entry, Redemption, Voucher, AuditEvent, Member, Account, ViewLog)
    found = {model.__name__: model.objects.count() for model in models}
    return found | {"held": sum(balance.amount for balance in Balance.objects.all())}


def words(response: HttpResponse) -> str:
    """What a page says, without its tags."""
    text = re.sub(r"<(script|style|svg|head)\b.*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(text.replace("&#x27;", "'").replace("&nbsp;", " ").replace("&amp;", "&").split())
