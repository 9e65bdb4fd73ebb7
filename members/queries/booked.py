"""What was done at the till, as it is shown afterwards: a sale with what it earned and why, a voucher handed out."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Prefetch

from loyalty.domain.refunds import standing_awards
from loyalty.engine.facts import LineFacts, SaleFacts
from loyalty.models import Business, Entry, EntryKind, Posting, Sale, SaleSource, UnitKind
from loyalty.queries.ledger import ActivityRow
from loyalty.queries.reasons import Reason
from members.queries.dashboard import Panel
from members.queries.refunds import refunds_of
from members.queries.till import Customer, MemberPage, customer_of, facts_of, limits_reached, terms_of, unlimited
from rewards.models import Voucher, VoucherState

MOMENT = timedelta(minutes=1)


def sale_at(business: Business, public_id: UUID) -> Sale | None:
    """Return a sale of the business, with its account and who recorded it."""
    sale = (
        Sale.objects.filter(business=business, public_id=public_id)
        .select_related("account__member", "staff", "location")
        .first()
    )
    if sale:
        sale.business = business
        if sale.account:
            customer_of(sale.account, business)
    return sale


def _page_of(customer: Customer, at: datetime) -> MemberPage:
    return MemberPage(customer, terms_of(customer.account.business), at)


class BookedSale:
    """A sale as its receipt shows it. Eighteen queries at most, five for a walk-in."""

    def __init__(self, sale: Sale, at: datetime) -> None:
        self.sale, self.at = sale, at
        self.customer: Customer | None = customer_of(sale.account, sale.business) if sale.account else None
        self.page = _page_of(self.customer, at) if self.customer else None
        self.refunds = refunds_of(sale)
        self.postings = [ActivityRow(posting, sale.business) for posting in _postings(sale)]

    @property
    def undo_until(self) -> datetime:
        """Up to when a cashier may undo it."""
        return self.sale.recorded_at + timedelta(minutes=self.sale.business.undo_minutes)

    @property
    def is_new(self) -> bool:
        """Whether it has just been recorded: the next customer is asked for first."""
        return self.at - self.sale.recorded_at < MOMENT

    @property
    def from_counter(self) -> bool:
        return self.sale.source == SaleSource.COUNTER

    @property
    def left(self) -> int:
        """What can still be refunded, in smallest parts."""
        return 0 if self.sale.undone_at else self.sale.total - self.sale.refunded

    @cached_property
    def earned(self) -> list[str]:
        """What it earned, in words: "+12 points"."""
        return [words for row in self.postings for words in row.amounts]

    @cached_property
    def why(self) -> list[Reason]:
        """How that was reckoned, step by step."""
        return [reason for row in self.postings for reason in row.why]

    @cached_property
    def panels(self) -> list[tuple[Panel, int]]:
        """Each unit of the account as it is now, with how many that can be spent this sale has just added."""
        if self.page is None:
            return []
        added: dict[int, int] = {}
        for entry in (entry for row in self.postings for entry in row.entries if not _is_held(entry, self.page.today)):
            added[entry.unit_id] = added.get(entry.unit_id, 0) + entry.amount
        fresh = added if self.is_new and not self.sale.undone_at else {}
        return [(panel, max(fresh.get(panel.unit.pk, 0), 0)) for panel in self.page.panels]

    @cached_property
    def limits(self) -> list[str]:
        """Why a unit that such a sale earns otherwise is missing: a limit of the day. Only while the program stands."""
        terms = self.page.terms if self.page else None
        if terms is None or self.sale.undone_at or (terms.program.version.live_from or self.at) > self.sale.recorded_at:
            return []
        usual = unlimited(terms.program, _facts(self.sale), facts_of(self.sale.account))
        # Of a unit that was cut but earned, the reasons tell already.
        earned = {entry.unit.code for row in self.postings for entry in row.entries}
        return limits_reached(terms.program, {}, {unit: amount for unit, amount in usual.items() if unit not in earned})

    @property
    def stamps(self) -> list[tuple[Panel, int]]:
        return [(panel, fresh) for panel, fresh in self.panels if panel.unit.kind == UnitKind.STAMPS]


def _is_held(entry: Entry, today: date) -> bool:
    """Whether an award cannot be spent yet."""
    since = entry.lot.first_good_day if entry.kind == EntryKind.AWARD else None
    return since is not None and since > today


def _postings(sale: Sale) -> list[Posting]:
    entries = Entry.objects.select_related("unit", "lot").order_by("pk")
    rows = standing_awards([sale.pk])
    return list(rows.prefetch_related(Prefetch("entries", entries), "reversals"))


def _facts(sale: Sale) -> SaleFacts:
    return SaleFacts(
        at=sale.at.astimezone(ZoneInfo(sale.business.time_zone)),
        total=sale.total,
        total_before_tax=sale.total_before_tax,
        lines=tuple(
            LineFacts(
                item=line.item,
                category=line.category,
                quantity=Decimal(line.quantity_thousandths) / 1000,
                amount=line.amount,
                amount_before_tax=line.amount_before_tax,
            )
            for line in sale.lines.order_by("pk")
        ),
        paid_with_reward=sale.paid_with_reward,
        is_visit=sale.is_visit,
    )


def voucher_at(business: Business, public_id: UUID) -> Voucher | None:
    """Return a voucher of the business, with its reward and whose it is. One query."""
    voucher = (
        Voucher.objects.filter(business=business, public_id=public_id)
        .select_related("redemption__reward__unit", "redemption__account__member", "redemption__staff", "used_by")
        .first()
    )
    if voucher:
        voucher.business = voucher.redemption.business = business
        customer_of(voucher.redemption.account, business)
    return voucher


class BookedVoucher:
    """A voucher as the till shows it, with the account that it was paid from. Thirteen queries at most."""

    def __init__(self, voucher: Voucher, at: datetime) -> None:
        self.voucher, self.redemption, self.at = voucher, voucher.redemption, at
        self.page = _page_of(customer_of(self.redemption.account, voucher.business), at)
        self.state = voucher.state_on(self.page.today)

    @property
    def customer(self) -> Customer:
        return self.page.customer

    @property
    def is_good(self) -> bool:
        return self.state == VoucherState.ISSUED

    @property
    def is_used(self) -> bool:
        return self.state == VoucherState.USED

    @property
    def in_time(self) -> bool:
        """Whether whoever serves may undo by a click that it was handed out."""
        done = self._handed_over_at
        return done is not None and self.at <= done + self._minutes

    @property
    def is_new(self) -> bool:
        """Whether it has just been handed over: only then is there still something to hand over."""
        done = self._handed_over_at
        return done is not None and self.at - done < MOMENT

    def may_redo(self, manager: bool) -> bool:
        """Whether who serves, a manager or not, may undo the last undo: for some minutes. One query."""
        undo = None if self.is_used else self.redemption.undos.order_by("-pk").first()
        if undo is None or undo.undone_at or undo.gave_back != (self.redemption.undone_at is not None):
            return False
        return self.at <= undo.at + self._minutes and (manager or not undo.reason)

    @property
    def _minutes(self) -> timedelta:
        return timedelta(minutes=self.voucher.business.undo_minutes)

    @property
    def _handed_over_at(self) -> datetime | None:
        return self.voucher.used_at if self.is_used else None
