"""Booking the returns of a file: each is a refund of the purchase it came from, and takes back what that earned."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from loyalty.domain import refunds
from loyalty.domain.actors import Actor
from loyalty.domain.imports.customers import accounts_of
from loyalty.domain.imports.figures import Figures, add
from loyalty.engine.imports.returns import Part, Purchased, match
from loyalty.engine.imports.stage import StagedReceipt
from loyalty.models import Account, Entry, EntryKind, ImportBatch, Posting, Refund, Sale, SaleLine
from loyalty.queries.accounts import behind
from loyalty.queries.imports import key_of, known_returns, lines_still_bought


def prepare(batch: ImportBatch, receipts: Sequence[StagedReceipt]) -> Callable[[Actor, datetime], Figures]:
    """Return what books the receipts, all of them returns, within the caller's transaction."""

    def book(by: Actor, at: datetime) -> Figures:
        return _book(batch, receipts, by=by, at=at)

    return book


def _book(batch: ImportBatch, receipts: Sequence[StagedReceipt], *, by: Actor, at: datetime) -> Figures:
    if not batch.choices["book_returns"]:
        return {"returns_left_out": len(receipts)}
    known = known_returns(batch.business, [receipt.number for receipt in receipts])
    fresh = [receipt for receipt in receipts if receipt.number not in known]
    accounts, opened = accounts_of(batch.business, {receipt.customer: receipt.at for receipt in reversed(fresh)})
    shelf = _Shelf(accounts.values(), fresh)
    figures: Figures = {"known": len(known), "returns": len(fresh), "accounts": opened}
    for receipt in fresh:
        account = accounts.get(receipt.customer)
        refunds = _refund(batch, receipt, account, shelf, by=by, at=at)
        figures = add(figures, _count(refunds))
    figures["taken_back"] = _taken_back(batch, shelf.refunds)
    shelf.store()
    return figures


class _Shelf:
    """What the customers of some returns bought and have not returned; drawn on by each return in turn."""

    def __init__(self, accounts: Iterable[Account], receipts: Sequence[StagedReceipt]) -> None:
        items = {line.item for receipt in receipts for line in receipt.lines}
        self.sales: dict[int, Sale] = {}
        self.lines: dict[int, SaleLine] = {}
        self.bought: dict[tuple[int | None, str, str], list[tuple[datetime, Purchased]]] = defaultdict(list)
        self.refunds: list[Refund] = []
        owners = behind(account.pk for account in accounts)
        for line in lines_still_bought(owners, items):
            sale = self.sales.setdefault(line.sale_id, line.sale)
            self.lines[line.pk] = line
            left = line.quantity_thousandths - line.returned_thousandths
            place = (owners[sale.account_id or 0], line.item, "" if line.item else line.name)
            self.bought[place].append((sale.at, Purchased(line.pk, sale.pk, left)))
        self.money_left = {sale.pk: sale.total - sale.refunded for sale in self.sales.values()}
        self.postings: dict[int, list[Posting]] = defaultdict(list)
        for posting in refunds.reversible_postings(self.sales):
            self.postings[posting.sale_id or 0].append(posting)

    def take(self, receipt: StagedReceipt, account: Account | None) -> tuple[list[Part], int]:
        """Return what came from which purchase, over all lines of a return, and the amount that came from none."""
        parts: list[Part] = []
        unmatched = 0
        for line in receipt.lines:
            place = (account.pk if account else None, line.item, "" if line.item else line.name)
            earlier = (bought for moment, bought in self.bought.get(place, ()) if moment <= receipt.at)
            found, rest = match(line.quantity, line.amount, earlier, self.money_left)
            parts += found
            unmatched += rest
        return parts, unmatched

    def store(self) -> None:
        """Keep what is now returned of the lines and refunded of the sales."""
        sales_touched = {refund.sale_id for refund in self.refunds if refund.sale_id}
        lines_touched = {int(line) for refund in self.refunds for line in refund.lines}
        SaleLine.objects.bulk_update([self.lines[pk] for pk in sorted(lines_touched)], ["returned_thousandths"])
        Sale.objects.bulk_update([self.sales[pk] for pk in sorted(sales_touched)], ["refunded"])


def _refund(
    batch: ImportBatch, receipt: StagedReceipt, account: Account | None, shelf: _Shelf, *, by: Actor, at: datetime
) -> list[Refund]:
    """Book a return: one refund for each purchase it came from, and one for what came from none."""
    parts, unmatched = shelf.take(receipt, account)
    by_sale: dict[int | None, list[Part]] = defaultdict(list)
    for part in parts:
        by_sale[part.sale].append(part)
        shelf.lines[part.line].returned_thousandths += part.quantity
    amounts: dict[int | None, int] = {pk: sum(part.amount for part in of_sale) for pk, of_sale in by_sale.items()}
    if unmatched or not amounts:
        amounts[None] = unmatched
    refunds = []
    for number, (sale_id, amount) in enumerate(amounts.items(), start=1):
        written = Refund.objects.create(
            business=batch.business, sale_id=sale_id, account=account, staff=by.staff, batch=batch,
            key=key_of(receipt.number, number), receipt=receipt.number if receipt.is_numbered else "", amount=amount,
            lines=_quantities(by_sale.get(sale_id, ())), at=receipt.at, recorded_at=at,
        )  # fmt: skip
        refunds.append(written)
        if sale_id is not None:
            _take_back(shelf, shelf.sales[sale_id], account, written, by=by)
    shelf.refunds += refunds
    return refunds


def _quantities(parts: Iterable[Part]) -> Mapping[str, int]:
    lines: dict[str, int] = {}
    for part in parts:
        lines[str(part.line)] = lines.get(str(part.line), 0) + part.quantity
    return lines


def _take_back(shelf: _Shelf, sale: Sale, account: Account | None, written: Refund, *, by: Actor) -> None:
    for posting in shelf.postings[sale.pk]:
        if account and account.pk == posting.account_id:
            posting.account = account
        refunds.reverse_share(posting, sale, written, by=by)
    sale.refunded += written.amount


def _count(refunds: Sequence[Refund]) -> Figures:
    matched = [refund for refund in refunds if refund.sale_id]
    unmatched = [refund for refund in refunds if not refund.sale_id]
    return {
        "returns_matched": len(matched),
        "returns_matched_amount": sum(refund.amount for refund in matched),
        "returns_unmatched": len(unmatched),
        "returns_unmatched_amount": sum(refund.amount for refund in unmatched),
    }


def _taken_back(batch: ImportBatch, refunds: Sequence[Refund]) -> Figures:
    """Return what the refunds took back by the id of its unit, what is owed included."""
    rows = Entry.objects.filter(posting__refund__in=refunds, kind=EntryKind.TAKE_BACK)
    figures: Figures = {}
    for unit, amount, owed in rows.values_list("unit", "amount", "owed_change"):
        figures = add(figures, {str(unit): owed - amount})
    return figures
