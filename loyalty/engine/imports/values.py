"""Numbers and moments as people and tills write them, and a guess at which way a column writes them."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum


class DateOrder(StrEnum):
    """In which order a date of three numbers is meant. A year of four digits in front is always understood."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"
    YEAR_FIRST = "ymd"


class DecimalMark(StrEnum):
    """What stands before the decimals."""

    POINT = "."
    COMMA = ","


NOON = time(12)
"""The time of day of a purchase of which only the day is known: a time that every day has."""

_MONTHS = {name: number for number, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun"], 1)} | {
    name: number for number, name in enumerate(["jul", "aug", "sep", "oct", "nov", "dec"], 7)
}
_LONGEST = 40
_PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_AMOUNT = re.compile(r"(?P<before>[^0-9.,]*(?<=\w)\.|[^0-9.,]*)(?P<digits>[0-9., ']*[0-9][.,]?)(?P<after>[^0-9]*)")
_LOOK_ALIKES = str.maketrans("\u2212\u2013\u2019\u00b4", "--''")
_COMPACT = re.compile(r"([12][0-9]{3})([01][0-9])([0-3][0-9])(?:[ T]?([0-2][0-9])([0-5][0-9])([0-5][0-9])?)?")
_SERIAL = re.compile(r"[2-7][0-9]{4}(\.[0-9]+)?")
_THREE = re.compile(
    r"([0-9]{1,4})\s*[./\- ]\s*([0-9]{1,2}|[A-Za-z]{3,9})\s*[./\- ]\s*([0-9]{4}|[0-9]{1,2})\.?(?:[ T,]+(.+))?"
)
_NAMED = re.compile(r"([A-Za-z]{3,9})\.?\s+([0-9]{1,2})(?:st|nd|rd|th)?,?\s+([0-9]{4})(?:[ T,]+(.+))?")
_TIME = re.compile(r"([0-9]{1,2})[:.h]([0-5][0-9])(?:[:.]([0-5][0-9])(?:[.,][0-9]+)?)?\s*([AaPp])?\.?(?:[Mm]\.?)?")
_FIRST_EXCEL_DAY = date(1899, 12, 30)


def parse_number(text: str, mark: DecimalMark = DecimalMark.POINT) -> Decimal:
    """Return a number; a currency's sign or code around it, grouping and brackets for minus are understood.

    Raises ValueError for what is no number, and where the grouping does not fit the mark: with a comma as mark
    "1.234" is 1234 and "1.23" is refused.
    """
    if len(text) > _LONGEST:
        raise ValueError(text)
    if mark is DecimalMark.POINT and _PLAIN.fullmatch(text):
        return Decimal(text)
    match = _AMOUNT.fullmatch(_plain(text))
    if not match or not _is_around(match["before"] + match["after"]):
        raise ValueError(text)
    whole, _, fraction = match["digits"].strip().partition(mark)
    group = "," if mark is DecimalMark.POINT else "."
    if not re.fullmatch(rf"[0-9]*|[0-9]{{1,3}}([{group}' ])[0-9]{{3}}(\1[0-9]{{3}})*", whole) or not (
        whole or fraction
    ):
        raise ValueError(text)
    if fraction and not fraction.isdigit():
        raise ValueError(text)
    number = Decimal(f"{re.sub('[^0-9]', '', whole) or 0}.{fraction or 0}")
    return -number if set("-(") & set(match["before"] + match["after"]) else number


def _plain(text: str) -> str:
    """Every kind of space, minus and apostrophe as the plain one."""
    return re.sub(r"\s", " ", text).translate(_LOOK_ALIKES).strip()


def _is_around(text: str) -> bool:
    """Whether this is what may stand around a number: a currency, a sign, brackets."""
    return all(char.isalpha() or char in " -+()." or unicodedata.category(char) == "Sc" for char in text)


def parse_moment(text: str, order: DateOrder) -> datetime:
    """Return a date with its time of day (noon where it has none), without a zone unless the text names one.

    Raises ValueError for what is no date.
    """
    text = text.strip()
    for read in (_iso, _compact, _three_numbers, _named_month, _serial):
        found = read(text, order)
        if found:
            return found
    raise ValueError(text)


def _iso(text: str, order: DateOrder) -> datetime | None:
    if len(text) < 8 or text[4:5] != "-":
        return None
    try:
        return datetime.fromisoformat(text) if len(text) > 10 else datetime.combine(date.fromisoformat(text), NOON)
    except ValueError:
        return None


def _compact(text: str, order: DateOrder) -> datetime | None:
    if not (match := _COMPACT.fullmatch(text)):
        return None
    year, month, day, hour, minute, second = (int(part) if part else None for part in match.groups())
    moment = NOON if hour is None else time(hour, minute or 0, second or 0)
    return datetime.combine(date(year or 0, month or 0, day or 0), moment)


def _three_numbers(text: str, order: DateOrder) -> datetime | None:
    if not (match := _THREE.fullmatch(text)):
        return None
    first, second, third, clock = match.groups()
    if not second.isdigit():
        day, month, year = first, str(_month(second)), third
    elif len(first) > 2 or (order is DateOrder.YEAR_FIRST and len(third) <= 2):
        year, month, day = first, second, third
    elif order is DateOrder.MONTH_FIRST:
        month, day, year = first, second, third
    else:
        day, month, year = first, second, third
    return datetime.combine(date(_year(year), int(month), int(day)), parse_time(clock) if clock else NOON)


def _named_month(text: str, order: DateOrder) -> datetime | None:
    if not (match := _NAMED.fullmatch(text)):
        return None
    month, day, year, clock = match.groups()
    return datetime.combine(date(int(year), _month(month), int(day)), parse_time(clock) if clock else NOON)


def _serial(text: str, order: DateOrder) -> datetime | None:
    """The days since 1900 that a spreadsheet counts, where its cell was not formatted as a date."""
    if not _SERIAL.fullmatch(text):
        return None
    seconds = round(float(text) % 1 * 86400)
    day = datetime.combine(_FIRST_EXCEL_DAY + timedelta(days=int(float(text))), time.min)
    return day + timedelta(seconds=seconds) if seconds else datetime.combine(day.date(), NOON)


def _month(name: str) -> int:
    try:
        return _MONTHS[name[:3].lower()]
    except KeyError:
        raise ValueError(name) from None


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) > 2 else year + (2000 if year < 70 else 1900)


def parse_time(text: str) -> time:
    """Return a time of day; raise ValueError for what is none."""
    match = _TIME.fullmatch(text.strip())
    if not match:
        raise ValueError(text)
    hour, minute, second, half = int(match[1]), int(match[2]), int(match[3] or 0), (match[4] or "").lower()
    if half and not 1 <= hour <= 12:
        raise ValueError(text)
    return time(hour % 12 + 12 * (half == "p") if half else hour, minute, second)


def is_value(text: str) -> bool:
    """Return whether a text is a number or a date, in whichever way it is written."""
    return bool(text) and (_is_date(text) or any(_is_number(text, mark) for mark in DecimalMark))


def _is_date(text: str) -> bool:
    for order in DateOrder:
        try:
            parse_moment(text, order)
        except (ValueError, OverflowError):
            continue
        return True
    return False


def _is_number(text: str, mark: DecimalMark) -> bool:
    try:
        parse_number(text, mark)
    except (ValueError, ArithmeticError):
        return False
    return any(char.isdigit() for char in text)


def dates_of(texts: Iterable[str], order: DateOrder) -> int:
    """Return how many of the texts are dates in this order."""
    count = 0
    for text in texts:
        try:
            parse_moment(text, order)
        except (ValueError, OverflowError):
            continue
        count += 1
    return count


def guess_date_order(texts: Iterable[str], preferred: DateOrder) -> tuple[DateOrder, bool]:
    """Return the order in which most of the texts are dates, and whether another would do as well.

    Where several would, and they would not say the same, preferred is taken.
    """
    sample = [text.strip() for text in texts if text.strip()][:500]
    fits = {order: dates_of(sample, order) for order in DateOrder}
    best = [order for order in DateOrder if fits[order] == max(fits.values())]
    alike = all(_same(text, best) for text in sample)
    if preferred in best:
        return preferred, not alike
    return best[0], not alike


def _same(text: str, orders: list[DateOrder]) -> bool:
    found = set()
    for order in orders:
        try:
            found.add(parse_moment(text, order).replace(tzinfo=UTC))
        except (ValueError, OverflowError):
            continue
    return len(found) < 2


def guess_decimal_mark(texts: Iterable[str]) -> DecimalMark:
    """Return what most of the texts write before their decimals; a point where they do not say."""
    votes = {DecimalMark.POINT: 0, DecimalMark.COMMA: 0}
    for text in texts:
        mark = _decimal_mark(re.sub(r"[^0-9.,]", "", text))
        if mark:
            votes[mark] += 1
    return DecimalMark.COMMA if votes[DecimalMark.COMMA] > votes[DecimalMark.POINT] else DecimalMark.POINT


def _decimal_mark(digits: str) -> DecimalMark | None:
    """The last of two kinds of mark; of one kind, a single one that does not part groups of three."""
    marks = [char for char in digits if char in ",."]
    if not marks or (len(set(marks)) == 1 and len(marks) > 1):
        return None
    last = DecimalMark(marks[-1])
    if len(set(marks)) == 1 and len(digits) - digits.index(last) - 1 == 3 and not digits.startswith(("0", last)):
        return None
    return last
