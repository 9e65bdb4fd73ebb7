"""Every page of an upgraded installation that has something stored behind it, and who opens it.

Addresses come from the URL resolver, who may open them from the permission table. Here stands only which stored rows
the parts of an address lead to; an address with a part that is not known here fails the walk.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib import admin
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from loyalty.models import Account, AddressChange, Business, OutboxMessage, Posting, Sale, User
from loyalty.queries.address_changes import token as link_of
from members.models import Member
from members.queries.links import CONFIRMATION, token
from tests.fuzz.asking import undone
from tests.fuzz.places import addresses
from tests.permissions.test_table import ROWS
from tests.upgrades.shelf import Record

type Parts = Mapping[str, Any]

WALKERS = ("owner", "cashier", "member", "platform", "anonymous")
"""Who asks for pages, by the names of the permission table."""

EVERYBODY = (*WALKERS, "merged", "other_owner")
"""Those, somebody whose card was merged into another one, and the owner of the other business."""

ALSO = {
    **dict.fromkeys(("loyalty:draft", "loyalty:draft-settings", "loyalty:unit-add", "loyalty:unit-change"), "owner"),
    **dict.fromkeys(("loyalty:rules-add", "loyalty:rules-change"), "owner"),
    **dict.fromkeys(("loyalty:bonuses-add", "loyalty:bonuses-change"), "owner"),
    **dict.fromkeys(("account_email", "mfa_index", "usersessions_list", "rewards:setup"), "owner"),
    **dict.fromkeys(("members:receipt", "members:receipt-json"), "member"),
    **dict.fromkeys(("loyalty:invitation", "loyalty:media", "account_login"), "anonymous"),
    "members:merged": "merged",
}
"""Pages that the permission table promises to nobody, for want of what is stored here, and who opens them."""


@dataclass(frozen=True)
class Stored:
    """The business that the pages are of, and its people by their part."""

    business: Business
    people: Mapping[str, User]

    @classmethod
    def of(cls, record: Record) -> "Stored":
        people = {part: User.objects.get(email=email) for part, email in record["people"].items()}
        return cls(Business.objects.get(slug=record["business"]), people)

    @cached_property
    def member(self) -> Member:
        return Member.objects.select_related("account").get(business=self.business, user=self.people["member"])

    @cached_property
    def draft(self) -> Any:
        return self.business.program_versions.get(state="draft")


def ids(rows: Iterable[Any]) -> list[Any]:
    return [row.public_id for row in rows]


def one_of_each(rows: Any, *columns: str) -> list[Any]:
    """Return the newest of rows for each value of some columns."""
    found = {tuple(getattr(row, column) for column in columns): row for row in rows.order_by("pk")}
    return list(found.values())


def sales(stored: Stored) -> list[Sale]:
    """Return sales of every fate, the newest that nothing happened to last."""
    rows = stored.business.sales
    fates = [
        rows.exclude(undone_at=None), rows.filter(account=None), rows.filter(refunded__gt=0),
        rows.exclude(batch=None), rows.exclude(moves=None), rows.filter(account=stored.member.account, refunded=0),
    ]  # fmt: skip
    return [each.order_by("-pk")[0] for each in fates]


def accounts(stored: Stored) -> list[Account]:
    """Return open accounts with and without a person, one that owes, one that others were merged into."""
    rows = stored.business.accounts.filter(closed_at=None, merged_into=None)
    fates = [rows.exclude(merged=None), rows.filter(member=None), rows.filter(balances__owed__gt=0)]
    return [stored.member.account, *(each.order_by("pk")[0] for each in fates)]


BY_PART: dict[str, Callable[[Stored], list[Any]]] = {
    "account": lambda stored: ids(accounts(stored)),
    "sale": lambda stored: ids(sales(stored)),
    "movement": lambda stored: ids(one_of_each(stored.business.postings, "kind")),
    "batch": lambda stored: ids(stored.business.import_batches.all()),
    "number": lambda stored: [each.number for each in stored.business.program_versions.exclude(live_from=None)],
    "code": lambda stored: [unit.code for unit in stored.draft.units.all()],
    "location": lambda stored: ids(stored.business.locations.all()),
    "person": lambda stored: ids(stored.business.staff.filter(role="cashier", ended_at=None)),
    "merge": lambda stored: ids(stored.business.merges.all()),
    "member": lambda stored: ids(stored.business.members.all()[:3]),
    "purpose": lambda stored: ids(one_of_each(stored.business.purposes, "lawful_basis", "retired_at")),
    "language": lambda stored: sorted({notice.language for notice in stored.business.notices.all()}),
    "version": lambda stored: [notice.version for notice in stored.business.notices.all()],
    "voucher": lambda stored: ids(one_of_each(stored.business.vouchers, "state")),
    "receipt": lambda stored: sorted({event.receipt_id for event in stored.member.consent_events.all()}, key=str),
    "size": lambda stored: [192],
    "till": lambda stored: ids(stored.business.shared_tills.filter(ended_at=None, expires_at__gt=timezone.now())),
}
"""What stands for a part of an address, by its name."""


def draft_rules(stored: Stored) -> Iterator[Parts]:
    return ({"public_id": row.public_id} for row in one_of_each(stored.draft.rules, "method"))


def draft_bonuses(stored: Stored) -> Iterator[Parts]:
    return ({"public_id": row.public_id} for row in stored.draft.bonuses.all())


def rewards(stored: Stored) -> Iterator[Parts]:
    return ({"public_id": row.public_id} for row in one_of_each(stored.business.rewards, "kind", "state"))


def movements_of_the_member(stored: Stored) -> Iterator[Parts]:
    rows = Posting.objects.filter(account=stored.member.account)
    return ({"movement": row.public_id} for row in one_of_each(rows, "kind"))


def vouchers_of_the_member(stored: Stored) -> Iterator[Parts]:
    rows = stored.business.vouchers.filter(redemption__account=stored.member.account)
    return ({"voucher": row.public_id} for row in one_of_each(rows, "state"))


def debtor(stored: Stored) -> list[Parts]:
    account = stored.business.accounts.filter(balances__owed__gt=0, merged_into=None)[0]
    return [{"account": account.public_id, "unit": account.balances.get(owed__gt=0).unit.code}]


def units_of_the_member(stored: Stored) -> Iterator[Parts]:
    codes = stored.business.program_versions.get(state="live").units.values_list("code", flat=True)
    return ({"account": stored.member.account.public_id, "unit": code} for code in codes)


def lately_expired(stored: Stored) -> list[Parts]:
    return [{"movement": stored.business.postings.filter(kind="expiry").order_by("-at", "-pk")[0].public_id}]


def asked_purposes(stored: Stored) -> Iterator[Parts]:
    return ({"purpose": row.public_id} for row in stored.business.purposes.filter(lawful_basis="consent"))


def two_accounts(stored: Stored) -> list[Parts]:
    kept, _target, other, _owing = accounts(stored)
    return [{"account": kept.public_id, "other": other.public_id}]


def wrong_card(stored: Stored) -> list[Parts]:
    """Return a purchase of the member, and another account that it could be moved to."""
    return [{"sale": sales(stored)[-1].public_id, "account": accounts(stored)[1].public_id}]


def pictures(stored: Stored) -> Iterator[Parts]:
    rewards = stored.business.rewards.exclude(picture="")
    for file in (stored.business.logo, *(reward.picture for reward in rewards)):
        yield dict(zip(("folder", "name"), file.name.split("/"), strict=True))


def invited(stored: Stored) -> list[Parts]:
    """Return the link of a mail that was written before the upgrade."""
    mail = OutboxMessage.objects.filter(business=stored.business, purpose="staff.invited").order_by("-pk")[0]
    return [{"token": re.search(r"/invitations/([^/\s]+)/", mail.body)[1]}]


BY_NAME: dict[str, Callable[[Stored], Iterable[Parts]]] = {
    "loyalty:rules-change": draft_rules,
    "loyalty:bonuses-change": draft_bonuses,
    "loyalty:import-columns": lambda stored: [
        {"batch": row.public_id} for row in stored.business.import_batches.filter(state="uploaded").exclude(sample={})
    ],
    "loyalty:address-undo": lambda stored: [{"token": link_of(row)} for row in AddressChange.objects.all()],
    "loyalty:invitation": invited,
    "loyalty:media": pictures,
    "rewards:reward": rewards,
    "rewards:redemption-undo": lambda stored: [
        {"public_id": voucher.redemption.public_id} for voucher in one_of_each(stored.business.vouchers, "state")
    ],
    "rewards:setup": lambda stored: [
        {"business": row.slug} for row in Business.objects.exclude(program_versions__state="live")
    ],
    "members:movement": movements_of_the_member,
    "members:voucher": vouchers_of_the_member,
    "members:console-forgive": debtor,
    "members:console-adjust": units_of_the_member,
    "members:console-reinstate": lately_expired,
    "members:console-purpose-used-for": asked_purposes,
    "members:console-merge": two_accounts,
    "members:console-merge-find": lambda stored: [{"account": stored.member.account.public_id}],
    "members:counter-move-find": lambda stored: [{"sale": sales(stored)[-1].public_id}],
    "members:counter-move": wrong_card,
    "members:preferences": lambda stored: [{"token": token(stored.member, "email")}],
    "members:consent-confirm": lambda stored: [{"token": token(stored.member, "email", CONFIRMATION)}],
}
"""What stands for the parts of one address, where these belong together or mean something of their own."""


@dataclass(frozen=True)
class Page:
    """An address with stored rows behind it: what it is called, where it is, who opens it."""

    name: str
    path: str
    who: tuple[str, ...]


def pages(stored: Stored) -> Iterator[Page]:
    """Yield every page that somebody may open. Raises LookupError for a part of an address that is not known."""
    promised = _promised()
    for name, parts in dict(addresses(get_resolver())).items():
        for place, found in enumerate(values(stored, name, parts) if name in promised else ()):
            who = promised[name] if place == 0 else promised[name][:1]
            yield Page(name, reverse(name, kwargs={part: found[part] for part in parts}), who)
    yield from _of_the_other_business(Business.objects.get(staff__user=stored.people["other_owner"]))
    yield from _back_office()


def _of_the_other_business(business: Business) -> Iterator[Page]:
    """Yield what the owner of the business in another currency and language sees of it, and every kind of movement."""
    who, of = ("other_owner",), {"business": business.slug}
    for name in ("members:console-home", "members:console-accounts", "rewards:books", "loyalty:program"):
        yield Page(name, reverse(name, kwargs=of), who)
    for movement in ids(one_of_each(business.postings, "kind")):
        name = "members:console-movement"
        yield Page(name, reverse(name, kwargs={**of, "movement": movement}), who)


def _promised() -> dict[str, tuple[str, ...]]:
    """Return who opens what, by the name of the address."""
    found: dict[str, set[str]] = {}
    for row in ROWS:
        if row.method == "get":
            found.setdefault(row.url_name, set()).update(who for who, status in row.expect.items() if status == 200)
    asked = {name: tuple(sorted(may & _worth_asking(may))) for name, may in found.items()}
    return {name: who for name, who in asked.items() if who} | {name: (who,) for name, who in ALSO.items()}


def _worth_asking(may: set[str]) -> set[str]:
    """Return who is to open what some may open: of everybody two, of all that are signed in one."""
    if "anonymous" in may:
        return {"anonymous", "member"}
    return {"member"} if "stranger" in may else {*WALKERS}


def values(stored: Stored, name: str, parts: set[str]) -> list[Parts]:
    """Return the values of an address's parts, once for each stored row that it should lead to."""
    usual = {"business": stored.business.slug}
    others = parts - usual.keys()
    if name in BY_NAME:
        return [usual | found for found in BY_NAME[name](stored)]
    if not others:
        return [usual]
    fixed = next((row.kwargs_from for row in ROWS if row.url_name == name and isinstance(row.kwargs_from, dict)), None)
    if fixed:
        return [fixed]
    if len(others) > 1 or not others <= BY_PART.keys():
        raise LookupError(f"{name}: say in tests/upgrades/pages.py which stored rows {sorted(others)} lead to.")
    (part,) = others
    return [usual | {part: value} for value in BY_PART[part](stored)]


def _back_office() -> Iterator[Page]:
    """Yield the lists of the back office, and of each the page of its newest row."""
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield Page(f"{name}_changelist", reverse(f"{name}_changelist"), ("platform",))
        row = model._default_manager.order_by("-pk").first()
        if row:
            yield Page(f"{name}_change", reverse(f"{name}_change", args=[row.pk]), ("platform",))
    for name in ("admin:index", "admin:system"):
        yield Page(name, reverse(name), ("platform",))


def walk(record: Record, who: str) -> dict[str, int]:
    """Open every page as one of those who should; return the statuses by path. Nothing of it stays."""
    with undone():
        stored = Stored.of(record)
        browser = signed_in(stored.people.get(who))
        return {page.path: status(browser, page.path) for page in pages(stored) if who in page.who}


def status(browser: Client, path: str) -> int:
    """Return what a page is answered with; nothing of it stays."""
    kept = deepcopy(browser.cookies)
    with undone():
        response: Any = browser.get(path)
        if response.streaming:
            b"".join(response.streaming_content)
    browser.cookies = kept
    return int(response.status_code)


def signed_in(user: User | None) -> Client:
    """Return somebody's browser; whoever has a second factor has shown it. What fails is answered with 500."""
    client = Client(raise_request_exception=False, headers={"accept-language": "en"})
    if user:
        client.force_login(user)
        session = client.session
        session["account_authentication_methods"] = [{"method": "mfa", "at": 9_999_999_999, "type": "totp"}]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
    return client
