"""Booking the purchases of a file: sales with their lines and, where a program awards, what each earns."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from loyalty.domain import ledger, sales
from loyalty.domain import rows as table
from loyalty.domain.actors import Actor
from loyalty.domain.imports.customers import account_ids_of
from loyalty.domain.imports.earning import UsedOfLimits, awards_of, lines_of
from loyalty.domain.imports.figures import Figures
from loyalty.domain.terms import Terms, terms_of
from loyalty.engine.awards import Award
from loyalty.engine.imports.stage import StagedReceipt
from loyalty.models import ImportBatch, PostingKind, RuleUse, Sale, SaleLine, SaleSource
from loyalty.queries.imports import key_of, known_sales
from loyalty.queries.program import kept_program

_SALE = (
    "id", "public_id", "business_id", "account_id", "location_id", "staff_id", "source", "receipt", "key", "total",
    "total_before_tax", "at", "recorded_at", "batch_id",
)  # fmt: skip
_LINE = ("sale_id", "item", "name", "category", "quantity_thousandths", "amount", "amount_before_tax")


class _Draft(NamedTuple):
    """A receipt, its moment in the business's zone and as the database keeps it, and what it earns.

    lines is None where what was earned the same day has to be known first.
    """

    receipt: StagedReceipt
    moment: datetime
    at: str
    lines: Sequence[ledger.PlainLine] | None

    @property
    def day(self) -> date:
        return self.moment.date()


class _Written(NamedTuple):
    """A sale that was stored, by its number, and the account it is on."""

    number: int
    account_id: int | None
    draft: _Draft


def prepare(batch: ImportBatch, receipts: Sequence[StagedReceipt]) -> Callable[[Actor, datetime], Figures]:
    """Reckon what the receipts earn, outside any transaction; return what books them, within the caller's."""
    terms = terms_of(kept_program(batch.program)) if batch.program else None
    zone = ZoneInfo(batch.business.time_zone)
    drafts = [_draft(receipt, terms, zone) for receipt in receipts]

    def book(by: Actor, at: datetime) -> Figures:
        return _book(batch, drafts, terms, by=by, at=at)

    return book


def _draft(receipt: StagedReceipt, terms: Terms | None, zone: ZoneInfo) -> _Draft:
    moment, at = receipt.at.astimezone(zone), table.moment(receipt.at)
    if terms is None or not receipt.customer:
        return _Draft(receipt, moment, at, ())
    return _Draft(receipt, moment, at, None if terms.limited else lines_of(receipt, terms, moment))


def _book(batch: ImportBatch, drafts: Sequence[_Draft], terms: Terms | None, *, by: Actor, at: datetime) -> Figures:
    business = batch.business
    known = known_sales(business, [draft.receipt.number for draft in drafts], numbered=drafts[0].receipt.is_numbered)
    fresh = [draft for draft in drafts if draft.receipt.number not in known]
    accounts, opened = account_ids_of(business, {d.receipt.customer: d.receipt.at for d in reversed(fresh)})
    written = _write_sales(batch, fresh, accounts, by=by, at=at)
    awarded = _award(batch, written, terms, by=by, at=at) if terms else {}
    totals = [sale.draft.receipt.amount for sale in written if sale.account_id]
    walk_ins = [sale.draft.receipt.amount for sale in written if not sale.account_id]
    return {
        "known": len(known),
        "sales": len(totals),
        "sales_amount": sum(totals),
        "walk_ins": len(walk_ins),
        "walk_ins_amount": sum(walk_ins),
        "lines": sum(len(draft.receipt.lines) for draft in fresh),
        "accounts": opened,
        "awarded": awarded,
    }


def _write_sales(
    batch: ImportBatch, drafts: Sequence[_Draft], accounts: Mapping[str, int], *, by: Actor, at: datetime
) -> list[_Written]:
    numbers = table.take_numbers(Sale, len(drafts))
    written = [
        _Written(number, accounts.get(draft.receipt.customer), draft)
        for number, draft in zip(numbers, drafts, strict=True)
    ]
    location, staff = by.location.pk if by.location else None, by.staff.pk if by.staff else None
    source, recorded_at = SaleSource.IMPORT.value, table.moment(at)
    rows: list[table.Cells] = []
    for public_id, (number, account_id, draft) in zip(table.new_ids(len(written)), written, strict=True):
        receipt = draft.receipt
        rows.append((
            number, public_id, batch.business_id, account_id, location, staff, source,
            receipt.number if receipt.is_numbered else None, key_of(receipt.number), receipt.amount, receipt.amount,
            draft.at, recorded_at, batch.pk,
        ))  # fmt: skip
    table.write(Sale, _SALE, rows)
    lines: list[table.Cells] = [
        (number, line.item, line.name, line.category, line.quantity, line.amount, line.amount)
        for number, _, draft in written
        for line in draft.receipt.lines
    ]
    table.write(SaleLine, _LINE, lines)
    return written


class _Earned(NamedTuple):
    """A sale with what it earns: as the ledger takes it and, where a rule is limited, as the engine says it."""

    sale: _Written
    account_id: int
    lines: Sequence[ledger.PlainLine]
    awards: Sequence[Award] = ()


def _award(batch: ImportBatch, written: Sequence[_Written], terms: Terms, *, by: Actor, at: datetime) -> Figures:
    """Book what the sales earn; return how much by the id of its unit."""
    earned = [each for each in _earned(written, terms) if each.lines]
    booked_at = table.moment(at)
    postings = ledger.award_locked(
        batch.business_id,
        [
            ledger.PlainAward(
                account_id, f"sale:{sale.number}", PostingKind.PURCHASE, sale.draft.at, booked_at, lines, sale.number
            )
            for sale, account_id, lines, _ in earned
        ],
        by=by,
    )
    if terms.limited:
        RuleUse.objects.bulk_create(
            use
            for posting, (sale, account_id, _, awards) in zip(postings, earned, strict=True)
            for use in sales.rule_uses(posting, account_id, awards, terms.program, sale.draft.day)
        )
    figures: dict[str, int] = {}
    for line in (line for each in earned for line in each.lines):
        figures[str(line.unit_id)] = figures.get(str(line.unit_id), 0) + line.amount
    return figures


def _earned(written: Sequence[_Written], terms: Terms) -> Iterator[_Earned]:
    """Yield each sale of an account with what it earns, in order: a limit counts what the sales before it used."""
    of_accounts = [(sale, sale.account_id) for sale in written if sale.account_id]
    if not terms.limited:
        yield from (_Earned(sale, account_id, sale.draft.lines or ()) for sale, account_id in of_accounts)
        return
    days = {sale.draft.day for sale, _ in of_accounts}
    used = UsedOfLimits(terms.program.limited, {account_id for _, account_id in of_accounts}, days)
    for sale, account_id in of_accounts:
        receipt, moment = sale.draft.receipt, sale.draft.moment
        awards = awards_of(receipt, terms, moment, used.of(account_id, moment.date()))
        used.note(account_id, moment.date(), awards)
        yield _Earned(sale, account_id, terms.of_awards(awards, moment.date()), awards)
