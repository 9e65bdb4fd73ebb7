"""A row of a file as a line of a purchase or of a return, or why it is none.

docs/imports.md says how prices of zero, negative prices, returns and rows without a customer are treated.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from operator import itemgetter
from typing import Any, NamedTuple, Self
from zoneinfo import ZoneInfo

from loyalty.engine.amounts import LARGEST
from loyalty.engine.imports.columns import Columns, Field
from loyalty.engine.imports.values import DateOrder, DecimalMark, parse_moment, parse_number, parse_time


class FreeItems(StrEnum):
    """What a line with a price of zero is: a correction that is left out, or something given away."""

    LEAVE_OUT = "leave_out"
    KEEP = "keep"


class Negative(StrEnum):
    """What a line with a negative price and no negative quantity is."""

    DISCOUNT = "discount"
    RETURN = "return"
    LEAVE_OUT = "leave_out"


class Repeats(StrEnum):
    """What a line is that stands in the same receipt word for word before: one more item, or written twice."""

    KEEP = "keep"
    ONCE = "once"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """How the owner wants a file read and booked."""

    date_order: DateOrder = DateOrder.DAY_FIRST
    decimal_mark: DecimalMark = DecimalMark.POINT
    return_prefix: str = ""
    free_items: FreeItems = FreeItems.LEAVE_OUT
    negative: Negative = Negative.DISCOUNT
    repeats: Repeats = Repeats.KEEP
    daily_numbers: bool = False
    book_returns: bool = True
    award: bool = True

    def as_json(self) -> dict[str, Any]:
        """Return the choices for keeping."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Return choices that were kept."""
        chosen: dict[str, Any] = dict(kept)
        for name, kind in _KINDS.items():
            chosen[name] = kind(chosen[name])
        return cls(**chosen)


_KINDS: dict[str, type[StrEnum]] = {
    "date_order": DateOrder,
    "decimal_mark": DecimalMark,
    "free_items": FreeItems,
    "negative": Negative,
    "repeats": Repeats,
}


class Problem(StrEnum):
    """Why a row cannot be used."""

    NO_RECEIPT = "no_receipt"
    NO_DATE = "no_date"
    BAD_DATE = "bad_date"
    BAD_TIME = "bad_time"
    FUTURE = "future"
    TOO_EARLY = "too_early"
    BAD_QUANTITY = "bad_quantity"
    NO_AMOUNT = "no_amount"
    BAD_AMOUNT = "bad_amount"
    TOO_LARGE = "too_large"
    TOO_LONG = "too_long"
    OTHER_CUSTOMER = "other_customer"
    OTHER_DAY = "other_day"
    BELOW_ZERO = "below_zero"


class LeftOut(StrEnum):
    """Why a row that is understood is not booked."""

    FREE = "free"
    NOTHING = "nothing"
    NEGATIVE = "negative"


class Refused(Exception):
    """A row that cannot be used: where, why, and what stands there."""

    def __init__(self, line: int, problem: Problem, field: Field | None = None, value: str = "") -> None:
        super().__init__(f"line {line}: {problem}")
        self.line = line
        self.problem = problem
        self.field = field
        self.value = value


class Row(NamedTuple):
    """One line. at counts seconds since 1970; amounts are smallest parts, quantities thousandths.

    Both are positive for purchases and for returns alike; the amount of a discount is negative.
    """

    line: int
    receipt: str
    customer: str
    at: int
    item: str
    name: str
    category: str
    quantity: int
    amount: int
    is_return: bool = False
    left_out: LeftOut | None = None


_NOBODY = frozenset({"", "-", "0", "null", "none", "nan", "n/a", "na", "#n/a"})
_NOT_RETURNED = frozenset(
    {"", "0", "-", "n", "no", "false", "f", "sale", "sold", "purchase", "nein", "nem", "ei", "нет", "không", "否"}
)
_LENGTHS = {Field.RECEIPT: 40, Field.CUSTOMER: 60}
_CUT = {Field.ITEM: 60, Field.NAME: 120, Field.CATEGORY: 60}
_MOST_KEPT = 20_000
_ONE = Decimal(1)


class _Cells(NamedTuple):
    """What stands in the columns of a row, in their order; empty where the file has no such column."""

    receipt: str
    customer: str
    date: str
    time: str
    item: str
    name: str
    category: str
    quantity: str
    worth: str
    returned: str


class _Worth(NamedTuple):
    """How many thousandths, the amount of the line in smallest parts, and the signs of quantity and price."""

    quantity: int
    amount: int
    counted: int
    priced: int


class RowReader:
    """Reads rows by their columns and the owner's choices.

    zone is the business's; digits how many decimals its currency has; latest the last moment that is not the future.
    """

    def __init__(self, columns: Columns, choices: Choices, *, zone: ZoneInfo, digits: int, latest: datetime) -> None:
        self.columns = columns
        self.choices = choices
        self.zone = zone
        self.unit = Decimal(10) ** digits
        self.latest = int((latest + timedelta(days=1)).timestamp())
        self.prefix = choices.return_prefix.casefold()
        self.priced = Field.AMOUNT if Field.AMOUNT in columns else Field.PRICE
        fields = (
            Field.RECEIPT, Field.CUSTOMER, Field.DATE, Field.TIME, Field.ITEM, Field.NAME, Field.CATEGORY,
            Field.QUANTITY, self.priced, Field.RETURNED,
        )  # fmt: skip
        self.width = max(columns.values(), default=0) + 1
        self.pick = itemgetter(*(columns.get(field, -1) for field in fields))
        self.moments: dict[tuple[str, str], tuple[int, str]] = {}
        self.numbers: dict[str, Decimal] = {}
        self.worths: dict[tuple[str, str], _Worth] = {}

    def read(self, line: int, cells: Sequence[str]) -> Row:
        """Return the row as a line. Raises Refused."""
        found = self._cells(cells)
        receipt = _code(line, found.receipt, Field.RECEIPT)
        customer = _code(line, found.customer, Field.CUSTOMER)
        if not receipt and Field.RECEIPT in self.columns:
            raise Refused(line, Problem.NO_RECEIPT, Field.RECEIPT)
        at, day = self._moment(line, found.date, found.time)
        worth = self._worth(line, found.quantity, found.worth)
        is_return, left_out = self._judge(worth, returned=self._is_marked(receipt, found.returned))
        is_discount = worth.amount < 0 and not is_return
        return Row(
            line,
            f"{receipt} {day}" if receipt and self.choices.daily_numbers else receipt,
            "" if customer.casefold() in _NOBODY else customer,
            at,
            found.item[: _CUT[Field.ITEM]],
            found.name[: _CUT[Field.NAME]],
            found.category[: _CUT[Field.CATEGORY]],
            worth.quantity,
            worth.amount if is_discount else abs(worth.amount),
            is_return,
            left_out,
        )

    def _cells(self, cells: Sequence[str]) -> _Cells:
        """Return the cells that have a meaning, trimmed. A column that the file or the row lacks is empty."""
        missing = max(self.width - len(cells), 0) + 1
        picked = self.pick([*cells, *[""] * missing])
        if not "".join(picked).isprintable():
            picked = map(_printable, picked)
        return _Cells._make([text.strip() for text in picked])

    def _judge(self, worth: _Worth, *, returned: bool) -> tuple[bool, LeftOut | None]:
        """Whether a line is of a return, and why it is left out, if it is."""
        if not worth.counted:
            return False, LeftOut.NOTHING
        back = returned or worth.counted < 0
        if not worth.priced:
            free = self.choices.free_items is FreeItems.LEAVE_OUT or back
            return back, LeftOut.FREE if free else None
        if back or worth.priced > 0:
            return back, None
        if self.choices.negative is Negative.LEAVE_OUT:
            return False, LeftOut.NEGATIVE
        return self.choices.negative is Negative.RETURN, None

    def _worth(self, line: int, quantity: str, priced: str) -> _Worth:
        known = self.worths.get((quantity, priced))
        if known is None:
            known = self._reckon_worth(line, quantity, priced)
            _keep(self.worths, (quantity, priced), known)
        return known

    def _reckon_worth(self, line: int, counted: str, priced: str) -> _Worth:
        quantity = self._number(line, counted, Field.QUANTITY, Problem.BAD_QUANTITY)
        exact = self._number(line, priced, self.priced, Problem.BAD_AMOUNT)
        if exact is None:
            raise Refused(line, Problem.NO_AMOUNT, self.priced)
        if quantity is None or (self.priced is Field.AMOUNT and not quantity):
            quantity = _ONE
        whole = exact if self.priced is Field.AMOUNT else exact * quantity
        if abs(quantity) * 1000 > LARGEST or abs(whole) * self.unit > LARGEST:
            raise Refused(line, Problem.TOO_LARGE, self.priced, priced)
        return _Worth(abs(_rounded(quantity * 1000)), _rounded(whole * self.unit), _sign(quantity), _sign(exact))

    def _number(self, line: int, text: str, field: Field, problem: Problem) -> Decimal | None:
        if not text:
            return None
        known = self.numbers.get(text)
        if known is None:
            try:
                known = parse_number(text, self.choices.decimal_mark)
            except (ValueError, ArithmeticError):
                raise Refused(line, problem, field, text) from None
            _keep(self.numbers, text, known)
        return known

    def _moment(self, line: int, day: str, clock: str) -> tuple[int, str]:
        """Return when it happened, and on which day in the business's zone."""
        known = self.moments.get((day, clock))
        if known is None:
            known = self._parse_moment(line, day, clock)
            _keep(self.moments, (day, clock), known)
        return known

    def _parse_moment(self, line: int, day: str, clock: str) -> tuple[int, str]:
        if not day:
            raise Refused(line, Problem.NO_DATE, Field.DATE)
        found = _or_refuse(lambda: parse_moment(day, self.choices.date_order), line, Problem.BAD_DATE, Field.DATE, day)
        if clock:
            moment = _or_refuse(lambda: parse_time(clock), line, Problem.BAD_TIME, Field.TIME, clock)
            found = datetime.combine(found.date(), moment)
        if not found.tzinfo:
            found = found.replace(tzinfo=self.zone)
        if found.year < 1980:
            raise Refused(line, Problem.TOO_EARLY, Field.DATE, day)
        at = int(found.timestamp())
        if at > self.latest:
            raise Refused(line, Problem.FUTURE, Field.DATE, day)
        return at, found.astimezone(self.zone).date().isoformat()

    def _is_marked(self, receipt: str, returned: str) -> bool:
        if self.prefix and receipt.casefold().startswith(self.prefix):
            return True
        return Field.RETURNED in self.columns and returned.casefold() not in _NOT_RETURNED


def _printable(text: str) -> str:
    """Return a text of a cell without what cannot be seen."""
    text = text.strip()
    return text if text.isprintable() else " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _code(line: int, text: str, field: Field) -> str:
    """Return a number that is a name. Spreadsheets write 17850 as "17850.0": that is the same."""
    if text.endswith(".0") and text[:-2].isdigit():
        text = text[:-2]
    if len(text) > _LENGTHS[field]:
        raise Refused(line, Problem.TOO_LONG, field, text)
    return text


def _rounded(number: Decimal) -> int:
    return int(number.to_integral_value(ROUND_HALF_UP))


def _sign(number: Decimal) -> int:
    return (number > 0) - (number < 0)


def _or_refuse[T](read: Callable[[], T], line: int, problem: Problem, field: Field, text: str) -> T:
    try:
        return read()
    except (ValueError, OverflowError):
        raise Refused(line, problem, field, text) from None


def _keep[K, V](kept: dict[K, V], key: K, value: V) -> None:
    """Remember what was parsed: files say the same again and again. Forget all before it is too much."""
    if len(kept) >= _MOST_KEPT:
        kept.clear()
    kept[key] = value
