"""Every address of the site, with something behind it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from loyalty.domain import invitations, locations, program, rules, shared_tills, staff
from loyalty.domain.actors import Actor
from loyalty.domain.outbox import Letter
from loyalty.domain.program import BonusDraft
from loyalty.models import Channel, Role
from loyalty.queries.program import draft_version, live_version
from members.queries.links import CONFIRMATION, token
from rewards.domain import redemptions
from tests.members.asking import FITTING, answer
from tests.permissions.imports import uploaded
from tests.permissions.site import address_change
from tests.permissions.test_table import ROWS
from tests.world import NOW, World, make_world


@dataclass(frozen=True)
class Place:
    """An address: its name, its parts by name, and the path."""

    name: str
    parts: dict[str, Any]
    path: str


@dataclass(frozen=True)
class Site:
    """A world in which every address has something to show: facts by the names of the parts of addresses."""

    world: World
    facts: dict[str, Any]

    def parts(self, name: str, names: set[str]) -> dict[str, Any]:
        """Return the parts of an address; where a part is not known, those of its row in the permission table."""
        facts = self.facts | {part: self.facts[fact] for part, fact in OTHERWISE.get(name, {}).items()}
        if names <= facts.keys():
            return {part: facts[part] for part in names}
        row = next(row for row in ROWS if row.url_name == name)
        return dict(row.kwargs_from(self.world) if callable(row.kwargs_from) else row.kwargs_from)


# Where the name of a part says something else than usual.
OTHERWISE = {
    "loyalty:rules-change": {"public_id": "rule"},
    "loyalty:rules-remove": {"public_id": "rule"},
    "loyalty:bonuses-change": {"public_id": "bonus"},
    "loyalty:bonuses-remove": {"public_id": "bonus"},
    "loyalty:address-undo": {"token": "changed_address"},
    "loyalty:invitation": {"token": "invited"},
    "rewards:redemption-undo": {"public_id": "redemption"},
    "rewards:redemption-redo": {"public_id": "redemption"},
    "members:consent-confirm": {"token": "confirmation"},
    "local:demo-login": {"code": "persona"},
    "styleguide-layout": {"name": "layout"},
    "styleguide-theme": {"name": "theme"},
}


def make_site() -> Site:
    """Make the world, and something behind every address."""
    world = make_world()
    by, shop = world.at_console(), world.business
    sale = world.purchase(20_000, receipt="R-1").sale
    locations.add(business=shop, name="Harbour", address="", by=by, at=NOW)
    _draft(world)
    voucher = redemptions.redeem(
        reward=world.reward, account=world.member.account, key=str(uuid4()), at=NOW,
        by=Actor(Channel.PORTAL, world.member_user),
    )  # fmt: skip
    drafted = draft_version(shop)
    return Site(world, {
        "business": shop.slug, "sale": sale.public_id, "account": world.member.account.public_id,
        "reward": world.reward.public_id, "public_id": world.reward.public_id, "voucher": voucher.voucher.public_id,
        "redemption": voucher.public_id, "member": world.member.public_id, "person": world.cashier_role.public_id,
        "receipt": answer(world.member, {FITTING: True})[0].receipt_id, "language": "en", "version": 1, "number": 1,
        "purpose": shop.purposes.get(code="news").public_id, "location": shop.locations.first().public_id,
        "rule": drafted.rules.first().public_id, "bonus": drafted.bonuses.first().public_id, "code": "points",
        "batch": uploaded(world)["batch"], "folder": "logos", "name": "0" * 32 + ".png", "size": 192,
        "token": token(world.member, "email", "members.preferences"), "persona": "owner", "layout": "console",
        "confirmation": token(world.member, "email", CONFIRMATION), "theme": "plum", **_invitations(world),
        "till": _paired(world),
        "changed_address": address_change(world)["token"],
        "user": world.owner.pk, "app_label": "loyalty", "content_type_id": 1, "object_id": 1, "url": "nothing",
        "key": "nonsense", "colour": "7a3e1d", "uidb36": "1", "pk": 1, "provider": "none",
    })  # fmt: skip


def _paired(world: World) -> Any:
    staff.set_pin(staff=world.owner_role, pin="7264", by=world.at_console(), at=NOW)
    by = world.at_console()
    return shared_tills.pair(business=world.business, name="Door", location=None, by=by, at=timezone.now()).public_id


def _draft(world: World) -> None:
    by, shop = world.at_console(), world.business
    program.draft_from(version=live_version(shop), by=by, at=NOW)
    double = BonusDraft("points", "Double Tuesday", factor_thousandths=2000, fields={"weekdays": [1]})
    rules.add(business=shop, piece=double, by=by, at=NOW)


def _invitations(world: World) -> dict[str, Any]:
    tokens: list[str] = []

    def write(_invitation: object, secret: str) -> Letter:
        tokens.append(secret)
        return Letter("Come")

    sent = [
        invitations.invite(
            business=world.business, email=email, role=Role.CASHIER, write=write, by=world.at_console(), at=NOW
        )
        for email in ("new@example.com", world.stranger.email)
    ]
    return {"invitation": sent[0].public_id, "invited": tokens[1]}


def places(site: Site) -> list[Place]:
    """Return every address of the site, and in the back office the first row of every model."""
    ours = [place for name, names in addresses(get_resolver()) if (place := _place(site, name, names))]
    return [*ours, *_rows_of_the_back_office()]


def _place(site: Site, name: str, names: set[str]) -> Place | None:
    if name.startswith("admin:") and names:
        return None
    parts = site.parts(name, names)
    return Place(name, parts, reverse(name, kwargs=parts))


def addresses(resolver: URLResolver, namespace: str = "", inherited: frozenset[str] = frozenset()) -> Iterator[Any]:
    for pattern in resolver.url_patterns:
        names = inherited | set(pattern.pattern.regex.groupindex) - _defaults(pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from addresses(pattern, inner, names)
        elif pattern.name:
            yield namespace + pattern.name, names


def _defaults(pattern: URLPattern | URLResolver) -> set[str]:
    return set(getattr(pattern, "default_args", None) or getattr(pattern, "default_kwargs", None) or ())


def _rows_of_the_back_office() -> Iterator[Place]:
    for model in admin.site._registry:
        row = model._default_manager.order_by("pk").first()
        for page in ("change", "history", "delete") if row else ():
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"
            yield Place(name, {"object_id": row.pk}, reverse(name, args=[row.pk]))
