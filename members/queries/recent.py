"""What happened at the till lately, from the record of acts, the newest first."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from loyalty.domain.refunds import standing_awards
from loyalty.engine.days import local_day
from loyalty.models import Account, AuditEvent, Business, Channel, Entry, Location, Posting, Role, Sale, StaffRole
from loyalty.queries.keyset import newest_first
from loyalty.queries.ledger import ActivityRow
from members.engine import names
from members.queries.till import owner_of
from rewards.models import Redemption, Voucher, VoucherState

SIZE = 20
SALES = ("sale.recorded", "sale.refunded")
REWARDS = ("reward.redeemed", "redemption.redone")
VOUCHERS = ("voucher.used",)


@dataclass(frozen=True, slots=True)
class RecentRow:
    """One act. sale or voucher is the public id of what it was about; amount is money in smallest parts.

    account is whose it was and movement the booking in the ledger, by public id, where there is one.
    today: it was on this day of the business. undone: it was taken back since. undoable: whoever serves may take it
    back now.
    """

    at: datetime
    title: str
    icon: str
    who: str
    by: str
    amount: int | None = None
    gains: tuple[str, ...] = ()
    today: bool = True
    sale: UUID | None = None
    voucher: UUID | None = None
    account: UUID | None = None
    movement: UUID | None = None
    undone: bool = False
    undoable: bool = False


@dataclass(frozen=True, slots=True)
class Recent:
    """A page of it; newer and older are query strings, empty where there is no such page."""

    rows: list[RecentRow]
    newer: str
    older: str


def recent(
    business: Business, location: Location | None, staff: StaffRole | None, at: datetime, *, before: str = "",
    after: str = "",
) -> Recent:  # fmt: skip
    """Return a page of what was done at the tills of a branch (None: of the business). Seven queries at most."""
    acts = AuditEvent.objects.filter(
        business=business, channel=Channel.COUNTER, verb__in=(*SALES, *REWARDS, *VOUCHERS)
    ).select_related("staff")
    if location:
        acts = acts.filter(staff__location=location)
    found = newest_first(acts, size=SIZE, before=before, after=after)
    reader = _Reader(business, staff, at, found.rows)
    return Recent([reader.row(act) for act in found.rows], found.newer, found.older)


class _Reader:
    """Turns acts into rows; all they are about is read at once."""

    def __init__(self, business: Business, staff: StaffRole | None, at: datetime, acts: list[AuditEvent]) -> None:
        self.business, self.at = business, at
        self.any_time = bool(staff and staff.may(Role.MANAGER))
        self.sales = _sales(_ids(acts, SALES))
        self.redemptions = _redemptions(_ids(acts, REWARDS))
        self.vouchers = _vouchers(_ids(acts, VOUCHERS))

    def row(self, act: AuditEvent) -> RecentRow:
        zone = self.business.time_zone
        account, posting = self._booked(act)
        return replace(
            self._row(act),
            today=local_day(act.at, zone) == local_day(self.at, zone),
            account=account.public_id if account else None,
            movement=posting.public_id if posting else None,
        )

    def _booked(self, act: AuditEvent) -> tuple[Account | None, Posting | None]:
        """Return whose act it was, and the booking it led to; a refund has none of its own here."""
        if act.verb in SALES:
            sale = self.sales[int(act.object_id)]
            return sale.account, next(iter(sale.postings.all()), None) if act.verb == "sale.recorded" else None
        taken = self._taken(act)
        return taken.account, taken.posting

    def _taken(self, act: AuditEvent) -> Redemption:
        number = int(act.object_id)
        return self.redemptions[number] if act.verb in REWARDS else self.vouchers[number].redemption

    def _row(self, act: AuditEvent) -> RecentRow:
        by = act.staff.display_name if act.staff else ""
        if act.verb in SALES:
            return self._sale(act, self.sales[int(act.object_id)], by)
        if act.verb in REWARDS:
            return self._reward(act, self.redemptions[int(act.object_id)], by)
        return self._voucher(act, self.vouchers[int(act.object_id)], by)

    def _sale(self, act: AuditEvent, sale: Sale, by: str) -> RecentRow:
        who = _short_name(sale.account) if sale.account else _("Walk-in")
        if act.verb == "sale.refunded":
            amount = -int(act.data["amount"])
            return RecentRow(act.at, _("Refund"), "rotate-ccw", who, by, amount=amount, sale=sale.public_id)
        earned = [words for posting in sale.postings.all() for words in ActivityRow(posting, self.business).amounts]
        return RecentRow(
            act.at,
            _("Visit") if sale.is_visit else _("Purchase"),
            "store" if sale.is_visit else "shopping-bag",
            who,
            by,
            amount=None if sale.is_visit else sale.total,
            gains=tuple(earned),
            sale=sale.public_id,
            undone=sale.undone_at is not None,
            undoable=sale.undone_at is None and self._in_time(sale.recorded_at),
        )

    def _reward(self, act: AuditEvent, redemption: Redemption, by: str) -> RecentRow:
        undone = redemption.undone_at is not None
        return RecentRow(
            act.at, redemption.reward.name, "gift", _short_name(redemption.account), by,
            voucher=redemption.voucher.public_id, undone=undone,
            undoable=not undone and self._is_slip(redemption.voucher.used_at or redemption.at),
        )  # fmt: skip

    def _voucher(self, act: AuditEvent, voucher: Voucher, by: str) -> RecentRow:
        used = voucher.state == VoucherState.USED
        return RecentRow(
            act.at, voucher.redemption.reward.name, "ticket", _short_name(voucher.redemption.account), by,
            voucher=voucher.public_id, undone=not used,
            undoable=used and self._is_slip(voucher.used_at or act.at),
        )  # fmt: skip

    def _in_time(self, done: datetime) -> bool:
        return self.any_time or self._is_slip(done)

    def _is_slip(self, done: datetime) -> bool:
        """Whether it is young enough to be undone by a click, whoever serves; later it takes a reason."""
        return self.at - done <= timedelta(minutes=self.business.undo_minutes)


def _short_name(account: Account) -> str:
    member = owner_of(account)
    return names.short(member.name) if member and member.name else _("No name yet")


def _ids(acts: Iterable[AuditEvent], verbs: tuple[str, ...]) -> set[int]:
    return {int(act.object_id) for act in acts if act.verb in verbs}


def _sales(ids: set[int]) -> dict[int, Sale]:
    entries = Entry.objects.select_related("unit").order_by("pk")
    postings = standing_awards(ids).prefetch_related(Prefetch("entries", entries), "reversals")
    rows = Sale.objects.select_related("account__member").prefetch_related(Prefetch("postings", postings))
    return rows.in_bulk(ids)


def _redemptions(ids: set[int]) -> dict[int, Redemption]:
    return Redemption.objects.select_related("reward", "voucher", "posting", "account__member").in_bulk(ids)


def _vouchers(ids: set[int]) -> dict[int, Voucher]:
    return Voucher.objects.select_related(
        "redemption__reward", "redemption__posting", "redemption__account__member"
    ).in_bulk(ids)
