"""What is told afterwards, by both sides: statements, the file of movements, and the books of the business."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from loyalty.queries.books import COLUMNS, UnitBook, books
from loyalty.queries.statement import statement
from members.queries.statement import all_rows
from members.queries.statement_table import lines
from tests.oracle.product import Till
from tests.oracle.purse import Move
from tests.oracle.shop import Shop

type Booked = dict[tuple[int, str], list[date]]
type Report = tuple[str, object, object]

COLUMN = {
    "award": "issued", "add": "issued", "reinstate": "issued", "give_back": "given_back", "spend": "redeemed",
    "expire": "expired", "take_back": "taken_back", "settle": "taken_back", "remove": "removed",
    "move_in": "brought_over", "move_out": "brought_away",
}  # fmt: skip


def reported(shop: Shop, till: Till, booked: Booked, now: datetime, *, months: bool) -> Iterator[Report]:
    """Yield what is reported, as the model has it and as the product has it; months: statements by month, too."""
    for account in shop.accounts:
        moved = {code: purse.moves for code, purse in account.purses.items() if purse.moves}
        if moved:
            yield file_of(account.number, till, moved, booked)
        for code, moves in moved.items() if months else ():
            yield from statement_of(account.number, code, till, moves, booked[account.number, code], now)
    yield from books_of(shop, till, booked, now)


def statement_of(
    number: int, code: str, till: Till, moves: list[Move], days: list[date], now: datetime
) -> Iterator[Report]:  # fmt: skip
    """Yield the first, a middle and the last month in which something was booked."""
    for day in {days[0], days[len(days) // 2], days[-1]}:
        inside = [
            move for move, when in zip(moves, days, strict=True) if (when.year, when.month) == (day.year, day.month)
        ]
        opening = sum(move.amount for move, when in zip(moves, days, strict=True) if when < day.replace(day=1))
        totals: dict[str, list[int]] = {}
        for move in inside:
            total = totals.setdefault(move.kind, [0, 0, 0, 0])
            for place, part in enumerate((1, move.amount, move.owed, move.forgiven)):
                total[place] += part
        expected = (opening, opening + sum(move.amount for move in inside), len(inside), totals)
        page = statement(till.account(number), now, unit=code, month=f"{day:%Y-%m}")
        found = page and (
            page.month.opening, page.month.closing, page.month.movements,
            {each.kind.value: [each.number, each.amount, each.owed_change, each.forgiven] for each in page.totals},
        )  # fmt: skip
        yield f"statement of {code}, account {number}, {day:%Y-%m}", expected, found


def file_of(number: int, till: Till, moved: dict[str, list[Move]], booked: Booked) -> Report:
    """Return every line of the file that a member takes away: unit, days, change, balance, change of what is owed."""
    expected, found = [], []
    for code in sorted(moved):
        balance = 0
        for move, day in zip(moved[code], booked[number, code], strict=True):
            balance += move.amount
            expected.append((code, f"{day}", f"{move.day}", move.amount, balance, move.owed))
    for cells in lines(all_rows(till.account(number)), for_staff=False):
        amounts = [int(cell) for cell in (cells[7], cells[8], cells[9]) if isinstance(cell, Decimal)]
        found.append((cells[1], cells[2], cells[3], *amounts))
    return f"file of account {number}", expected, sorted(found, key=lambda row: str(row[0]))


def books_of(shop: Shop, till: Till, booked: Booked, now: datetime) -> Iterator[Report]:
    """Yield, for each unit and month of this year and the last, what was issued and what became of it."""
    year = shop.day(now).year
    for chosen in (year - 1, year):
        for unit in (each for each in books(till.business, now, year=str(chosen)).units if unit_year(each) == chosen):
            code = unit.unit.code
            yield f"books of {code} in {chosen}, balanced", True, unit.balanced
            for row in unit.rows:
                cells = {column.code: cell for column, cell in zip(unit.columns, row.cells, strict=True) if cell}
                told = month_of(shop, booked, code, row.first)
                yield f"books of {code}, {row.first:%Y-%m}", told, (row.opening, cells, row.closing, row.owed)


def unit_year(unit: UnitBook) -> int | None:
    return unit.rows[0].first.year if unit.rows else None


def month_of(shop: Shop, booked: Booked, code: str, first: date) -> tuple[int, dict[str, int], int, int]:
    """Return what was there before a month, by column what came and went, and what was there and owed after it."""
    opening = owed = 0
    cells = dict.fromkeys((column.code for column in COLUMNS), 0)
    for (number, of), days in booked.items():
        moves = shop.accounts[number].purses[of].moves if of == code else []
        for move, day in zip(moves, days if moves else [], strict=True):
            if day.replace(day=1) > first:
                continue
            owed += move.owed
            if day < first:
                opening += move.amount
            elif move.kind in COLUMN:
                cells[COLUMN[move.kind]] += move.amount
    return opening, {name: cell for name, cell in cells.items() if cell}, opening + sum(cells.values()), owed
