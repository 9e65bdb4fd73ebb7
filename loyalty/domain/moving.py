"""Moving a purchase to the right account: as if it had been recorded there from the start."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from loyalty.domain import audit, ledger, locks, refunds, sales
from loyalty.domain.actors import Actor
from loyalty.domain.sale_input import LineInput, SaleInput
from loyalty.engine.days import local_day
from loyalty.engine.facts import CustomerFacts
from loyalty.models import (
    Account,
    Entry,
    EntryKind,
    Posting,
    PostingKind,
    Refund,
    RuleUse,
    Sale,
    SaleMove,
    SaleSource,
)
from loyalty.queries.accounts import current
from loyalty.queries.program import live_program


class MoveError(Exception):
    """A purchase that is not moved; nothing was written."""


class Undone(MoveError):
    """The purchase was undone."""


class SpentOn(MoveError):
    """A reward was taken with the purchase: that is to be undone first."""


class SameAccount(MoveError):
    """The purchase is booked there already."""


class CannotReceive(MoveError):
    """The account is closed, was merged into another one, or is of another business."""


class NotLiveThen(MoveError):
    """A walk-in's purchase from before the program at hand went live: nobody knows what it would have earned."""


class MoveTooLate(MoveError):
    """The minutes in which who stands at the till may move it are over: a manager may."""


@locks.atomic
def move(
    *, sale: Sale, target: Account | None, key: str, by: Actor, at: datetime, customer: CustomerFacts,
    any_time: bool = False,
) -> Sale:  # fmt: skip
    """Move a purchase to an account, within the business's undo minutes (any_time: a manager's right).

    What is left of its award is taken back where it was, as an undo would, and the original award is booked on the
    target with its own explanation and days; refunds so far are booked there again, so that the next ones go on from
    them. To None it becomes a walk-in's; a walk-in's earns what the live program gives, if that was live then, and
    customer says what it may know. The same key again changes nothing. Locks the sale and both accounts.
    Raises Undone, SpentOn, SameAccount, CannotReceive, NotLiveThen, MoveTooLate, and ledger.KeyReused.
    """
    row = locks.lock_sale(sale, also=target)
    known = SaleMove.objects.filter(business_id=row.business_id, key=key).first()
    if known:
        if (known.sale_id, known.target_id) != (row.pk, target and target.pk):
            raise ledger.KeyReused(key)
        return row
    _check(row, target, at=None if any_time else at)
    source = row.account
    originals = list(refunds.standing_awards([row.pk]))
    for original in originals:
        _take_away(original, key=key, by=by, at=at)
    row.account = target
    row.save(update_fields=["account"])
    row.refunds.update(account=target)
    if target:
        awarded = (
            [_award_again(original, target, key=key, by=by, at=at) for original in originals]
            if source
            else _award_first(row, target, key=key, by=by, at=at, customer=customer)
        )
        _refund_again(row, awarded, by=by, at=at)
    _note(row, source, key=key, by=by, at=at)
    audit.record(
        verb="sale.moved", by=by, at=at, business=row.business, obj=row, source=source and source.pk,
        target=target and target.pk,
    )  # fmt: skip
    return row


def _note(row: Sale, source: Account | None, *, key: str, by: Actor, at: datetime) -> None:
    try:
        SaleMove.objects.create(
            business_id=row.business_id, sale=row, source=source, target=row.account, key=key, moved_by=by.staff,
            moved_at=at,
        )  # fmt: skip
    except IntegrityError as error:
        # The key moved another purchase at the same moment.
        raise ledger.KeyReused(key) from error


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a move would book: the entries where the purchase is now, and where it goes; none are stored."""

    source: tuple[Entry, ...]
    target: tuple[Entry, ...]


def preview(
    *, sale: Sale, target: Account | None, by: Actor, at: datetime, customer: CustomerFacts, any_time: bool = False
) -> Outcome:
    """Return what a move would do, without leaving a trace: it is booked and taken back at once.

    Raises what move() raises.
    """
    with transaction.atomic():
        last = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        key = f"preview:{sale.pk}"
        row = move(sale=sale, target=target, key=key, by=by, at=at, customer=customer, any_time=any_time)
        fresh = Entry.objects.filter(posting__sale=row, pk__gt=last).select_related("unit").order_by("pk")
        there = [entry for entry in fresh if target and entry.account_id == target.pk]
        outcome = Outcome(tuple(entry for entry in fresh if entry not in there), tuple(there))
        transaction.set_rollback(True)
    return outcome


def _keys(key: str) -> tuple[str, str]:
    """Return the keys of what is taken away and of what is given."""
    return f"move:{key}:out", f"move:{key}:in"


def _check(row: Sale, target: Account | None, *, at: datetime | None) -> None:
    if row.undone_at:
        raise Undone
    source = current(row.account) if row.account else None
    if source == target:
        raise SameAccount
    if target:
        fresh = Account.objects.get(pk=target.pk)
        if fresh.closed_at or fresh.merged_into_id or fresh.business_id != row.business_id:
            raise CannotReceive
    spent = row.postings.filter(kind=PostingKind.REDEMPTION)
    if spent.exclude(reversals__kind=PostingKind.UNDO).exists():
        raise SpentOn
    if at and (at - row.recorded_at).total_seconds() > row.business.undo_minutes * 60:
        raise MoveTooLate


def _take_away(original: Posting, *, key: str, by: Actor, at: datetime) -> None:
    booking = ledger.Booking(
        account=original.account, key=_keys(key)[0], kind=PostingKind.MOVE, at=at, booked_at=at, by=by,
        sale=original.sale, reverses=original,
    )  # fmt: skip
    taken = ledger.reverse(booking)
    _use_rules(original, taken, times=-1)


def _award_again(original: Posting, target: Account, *, key: str, by: Actor, at: datetime) -> Posting:
    booking = ledger.Booking(
        account=target, key=_keys(key)[1], kind=PostingKind(original.kind), at=original.at, booked_at=at, by=by,
        sale=original.sale,
    )  # fmt: skip
    entries = original.entries.filter(kind=EntryKind.AWARD).select_related("lot", "unit").order_by("pk")
    lines = [
        ledger.AwardLine(
            entry.unit, entry.amount, entry.lot.last_good_day, entry.why, first_good_day=entry.lot.first_good_day
        )
        for entry in entries
    ]
    awarded = ledger.award(booking, lines)
    _use_rules(original, awarded, times=1)
    return awarded


def _use_rules(original: Posting, posting: Posting, *, times: int) -> None:
    """Count what an award used of the rules with a limit where it is now, and no longer where it was."""
    RuleUse.objects.bulk_create(
        RuleUse(
            posting=posting, account_id=posting.account_id, rule_id=use.rule_id, day=use.day, amount=times * use.amount
        )
        for use in original.rule_uses.all()
    )


def _award_first(
    row: Sale, target: Account, *, key: str, by: Actor, at: datetime, customer: CustomerFacts
) -> list[Posting]:
    program = live_program(row.business)
    if program is None or program.version.live_from is None or program.version.live_from > row.at:
        raise NotLiveThen
    found = _as_input(row)
    awards = sales.preview(row.business, target, found, program, customer)
    if not awards:
        return []
    booking = ledger.Booking(
        account=target, key=_keys(key)[1], kind=PostingKind.VISIT if row.is_visit else PostingKind.PURCHASE, at=row.at,
        booked_at=at, by=by, sale=row,
    )  # fmt: skip
    day = local_day(row.at, row.business.time_zone)
    posting = ledger.award(booking, [sales.award_line(award, program, day) for award in awards])
    RuleUse.objects.bulk_create(sales.rule_uses(posting.pk, posting.account_id, awards, program, day))
    return [posting]


def _as_input(row: Sale) -> SaleInput:
    """Return a recorded sale as it was handed in."""
    lines = [
        LineInput(
            amount=line.amount, amount_before_tax=line.amount_before_tax, item=line.item, name=line.name,
            category=line.category, quantity=Decimal(line.quantity_thousandths) / 1000,
        )
        for line in row.lines.order_by("pk")
    ]  # fmt: skip
    return SaleInput(
        key=row.key, at=row.at, total=row.total, total_before_tax=row.total_before_tax, source=SaleSource(row.source),
        receipt=row.receipt or "", lines=lines, is_visit=row.is_visit, paid_with_reward=row.paid_with_reward,
    )  # fmt: skip


def _refund_again(row: Sale, awarded: list[Posting], *, by: Actor, at: datetime) -> None:
    """Take back again, one after the other, what the refunds so far take back of an award."""
    row.refunded = 0
    for refund in Refund.objects.filter(sale=row, undone_at=None).order_by("pk"):
        for posting in awarded:
            refunds.reverse_share(posting, row, refund, by=by, booked_at=at)
        row.refunded += refund.amount
