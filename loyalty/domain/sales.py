"""Recording purchases and visits: the engine says what is earned, the ledger books it. Refunds are in refunds.py."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Sum

from loyalty.domain import audit, ledger, locks
from loyalty.domain.actors import Actor
from loyalty.domain.ledger import plain
from loyalty.domain.refunds import standing_awards
from loyalty.domain.sale_input import Recorded, SaleInput
from loyalty.domain.terms import Terms, terms_of
from loyalty.engine.awards import Award
from loyalty.engine.days import CLOCKS_DIFFER, local_day
from loyalty.engine.earn import earn
from loyalty.engine.facts import CustomerFacts
from loyalty.models import (
    Account,
    Business,
    Posting,
    PostingKind,
    RuleUse,
    Sale,
    SaleLine,
)
from loyalty.queries.accounts import behind, known_as
from loyalty.queries.program import LiveProgram, last_seen_live, live_program


class SaleError(Exception):
    """A sale or refund that cannot be recorded; nothing was written."""


class ReceiptAlreadyBooked(SaleError):
    """The receipt number was recorded before, as another sale."""

    def __init__(self, sale: Sale) -> None:
        super().__init__(f"receipt of sale {sale.pk}")
        self.sale = sale


class NotLive(SaleError):
    """The business has no live program yet, so nothing can be earned."""


class TooFarAhead(SaleError):
    """The purchase would have happened later than now, by more than clocks differ."""


class UndoTooLate(SaleError):
    """The minutes in which this can be undone are over; book a refund instead."""


class AlreadyUndone(SaleError):
    """The sale was undone before."""


def record(
    *, business: Business, account: Account | None, sale: SaleInput, by: Actor, at: datetime, customer: CustomerFacts
) -> Recorded:
    """Record a purchase or visit and book what the live program awards for it.

    account None is a walk-in. at is the moment of recording, sale.at of the purchase. The same key again
    returns the first result. What is bought with a merged card belongs on the account it leads to. Raises NotLive,
    TooFarAhead, ReceiptAlreadyBooked, ledger.AccountClosed, and ledger.KeyReused where the key came with other content
    before. Locks the account.
    """
    booked = _record_plain(business, account, sale, by, at, customer) if account else None
    return booked or record_in_full(business=business, account=account, sale=sale, by=by, at=at, customer=customer)


def _record_plain(
    business: Business, account: Account, sale: SaleInput, by: Actor, at: datetime, customer: CustomerFacts
) -> Recorded | None:
    """Record what needs no second look in as few statements as there can be; None: nothing was written, look closer."""
    program = last_seen_live(business)
    terms = terms_of(program) if program else None
    if terms is None or terms.limited or terms.wakes or sale.lines or _is_far_ahead(sale, at):
        return None
    lines = _earned(terms, sale, business.time_zone, customer)
    if not lines:
        return None
    version = terms.program.version.public_id
    purchase = plain.Purchase(business.pk, account.pk, sale.head(), lines, version, by, at)
    booked = plain.book(purchase)
    return Recorded(booked.sale, purchase.public_id, sale.total, booked.posting) if booked else None


def _is_far_ahead(sale: SaleInput, at: datetime) -> bool:
    return sale.at > at + CLOCKS_DIFFER


def _earned(terms: Terms, sale: SaleInput, zone: str, customer: CustomerFacts) -> list[ledger.PlainLine]:
    """Return what a sale without lines earns where no rule is limited."""
    day = local_day(sale.at, zone)
    if sale.total > 0 and not sale.paid_with_reward:
        lines = terms.of_total(sale.total, day)
        if lines is not None:
            return lines
    return terms.of_awards(earn(terms.program.rules, sale.facts(ZoneInfo(zone)), customer), day)


@locks.atomic
def record_in_full(
    *, business: Business, account: Account | None, sale: SaleInput, by: Actor, at: datetime, customer: CustomerFacts
) -> Recorded:
    """Do what record() does, looking for everything that may stand in the way, row by row."""
    if account:
        account = locks.lock_current(account)
    known = _known(business, account, sale)
    if known:
        return known
    if _is_far_ahead(sale, at):
        raise TooFarAhead
    if account:
        ledger.check_open(account)
    program = live_program(business)
    if program is None:
        raise NotLive
    try:
        row = _write_sale(business=business, account=account, sale=sale, by=by, at=at)
    except IntegrityError:
        # The same form was sent twice at once.
        known = _known(business, account, sale)
        if known is None:
            raise
        return known
    posting = _award(row, sale, program, by=by, at=at, customer=customer) if account else None
    audit.record(verb="sale.recorded", by=by, at=at, business=business, obj=row, total=sale.total)
    return Recorded(row.pk, row.public_id, row.total, posting.pk if posting else None)


def _known(business: Business, account: Account | None, sale: SaleInput) -> Recorded | None:
    known = Sale.objects.filter(business=business, key=sale.key).first()
    if known is None:
        return None
    first = known.moves.order_by("pk").first()
    asked = first.source_id if first else known.account_id
    if asked not in (known_as(account) if account else {None}) or not sale.is_told_by(known):
        raise ledger.KeyReused(sale.key)
    posting_id = known.postings.order_by("pk").values_list("pk", flat=True).first()
    return Recorded(known.pk, known.public_id, known.total, posting_id, again=True)


def _with_receipt(business: Business, receipt: str | None, *, but: str) -> Sale | None:
    """Return the sale that has a receipt's number, leaving out the one under the key itself."""
    if receipt is None:
        return None
    return Sale.objects.filter(business=business, receipt=receipt, undone_at=None).exclude(key=but).first()


def _write_sale(*, business: Business, account: Account | None, sale: SaleInput, by: Actor, at: datetime) -> Sale:
    receipt = sale.receipt or None
    earlier = _with_receipt(business, receipt, but=sale.key)
    if earlier:
        raise ReceiptAlreadyBooked(earlier)
    try:
        with transaction.atomic():
            row = Sale.objects.create(
                business=business,
                account=account,
                location=by.location,
                staff=by.staff,
                recorded_at=at,
                **sale.head(),
            )
    except IntegrityError:
        # Another till was faster with the same receipt.
        earlier = _with_receipt(business, receipt, but=sale.key)
        if earlier:
            raise ReceiptAlreadyBooked(earlier) from None
        raise
    SaleLine.objects.bulk_create(
        SaleLine(
            sale=row,
            item=line.item,
            name=line.name,
            category=line.category,
            quantity_thousandths=int(line.quantity * 1000),
            amount=line.amount,
            amount_before_tax=line.amount_before_tax,
        )
        for line in sale.lines
    )
    return row


def _award(
    row: Sale, sale: SaleInput, program: LiveProgram, *, by: Actor, at: datetime, customer: CustomerFacts
) -> Posting | None:
    assert row.account is not None
    zone = row.business.time_zone
    awards = preview(row.business, row.account, sale, program, customer)
    if not awards:
        return None
    booking = ledger.Booking(
        account=row.account,
        key=f"sale:{row.pk}",
        kind=PostingKind.VISIT if sale.is_visit else PostingKind.PURCHASE,
        at=sale.at,
        booked_at=at,
        by=by,
        sale=row,
    )
    posting = ledger.award(booking, [award_line(award, program, local_day(sale.at, zone)) for award in awards])
    RuleUse.objects.bulk_create(rule_uses(posting.pk, posting.account_id, awards, program, local_day(sale.at, zone)))
    return posting


def preview(
    business: Business, account: Account, sale: SaleInput, program: LiveProgram, customer: CustomerFacts
) -> tuple[Award, ...]:
    """Return what the sale would earn, without booking it."""
    used = used_today(account, program, local_day(sale.at, business.time_zone))
    return earn(program.rules, sale.facts(ZoneInfo(business.time_zone)), customer, used)


def award_line(award: Award, program: LiveProgram, day: date) -> ledger.AwardLine:
    """Return an award of a local day as a line for the ledger, with its good days and explanation."""
    unit = program.units[award.unit]
    until, since = program.good_until(unit, day), program.good_from(unit, day)
    return ledger.AwardLine(unit, award.amount, until, award.explain(), first_good_day=since)


def used_today(account: Account, program: LiveProgram, day: date) -> dict[int, int]:
    """Return how much each limited rule awarded the account on the day, and those that were merged into it.

    No query without limited rules.
    """
    if not program.limited:
        return {}
    rows = RuleUse.objects.filter(account__in=behind([account.pk]), rule_id__in=program.limited, day=day)
    return dict(rows.values_list("rule").annotate(total=Sum("amount")))


def rule_uses(
    posting_id: int, account_id: int, awards: Sequence[Award], program: LiveProgram, day: date
) -> Iterator[RuleUse]:
    """Yield what a posting of an account used of the rules with a limit as rows, not stored yet."""
    for part in (part for award in awards for part in award.parts):
        if part.rule_id in program.limited and part.amount:
            yield RuleUse(
                posting_id=posting_id, account_id=account_id, rule_id=part.rule_id, day=day, amount=part.amount
            )


@locks.atomic
def undo(*, sale: Sale, key: str, by: Actor, at: datetime, any_time: bool = False) -> Sale:
    """Undo a recorded sale within the business's undo minutes (any_time: a manager's right).

    Takes back what it earned and frees its receipt number. Raises UndoTooLate, AlreadyUndone; an undo under
    the same key again changes nothing. Locks the account and the sale.
    """
    row = locks.lock_sale(sale)
    if row.undone_at:
        if row.postings.filter(key=key).exists() or not row.postings.exists():
            return row
        raise AlreadyUndone
    if not any_time and (at - row.recorded_at).total_seconds() > row.business.undo_minutes * 60:
        raise UndoTooLate
    for posting in standing_awards([row.pk]):
        undo_posting(posting, key=key, by=by, at=at)
    row.undone_at = at
    row.save(update_fields=["undone_at"])
    audit.record(verb="sale.undone", by=by, at=at, business=row.business, obj=row)
    return row


def free_limits(undone: Mapping[int, int]) -> None:
    """Free the limits that awards used; given by posting the one that undoes it."""
    used = RuleUse.objects.filter(posting__in=undone).order_by("pk") if undone else ()
    RuleUse.objects.bulk_create(
        RuleUse(
            posting_id=undone[use.posting_id], account_id=use.account_id, rule_id=use.rule_id, day=use.day,
            amount=-use.amount,
        )
        for use in used
    )  # fmt: skip


def undo_posting(posting: Posting, *, key: str, by: Actor, at: datetime) -> None:
    """Take back what is left of an award of a sale that is being undone, and free the limits it used."""
    booking = ledger.Booking(
        account=posting.account, key=key, kind=PostingKind.UNDO, at=at, booked_at=at, by=by, sale=posting.sale,
        reverses=posting,
    )  # fmt: skip
    undone = ledger.reverse(booking)
    RuleUse.objects.bulk_create(
        RuleUse(posting=undone, account_id=use.account_id, rule_id=use.rule_id, day=use.day, amount=-use.amount)
        for use in posting.rule_uses.all()
    )
