"""Numbers and moments as tills and people write them."""

from decimal import Decimal

import pytest

from loyalty.engine.imports.values import (
    DateOrder,
    DecimalMark,
    guess_date_order,
    guess_decimal_mark,
    is_value,
    parse_moment,
    parse_number,
)

POINT, COMMA = DecimalMark.POINT, DecimalMark.COMMA
DAY, MONTH, YEAR = DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST, DateOrder.YEAR_FIRST


@pytest.mark.parametrize(
    ("text", "mark", "number"),
    [
        ("6.0", POINT, "6"),
        ("-12", POINT, "-12"),
        ("0.001", POINT, "0.001"),
        (".5", POINT, "0.5"),
        ("5.", POINT, "5"),
        ("1,234.50", POINT, "1234.50"),
        ("1 234.5", POINT, "1234.5"),
        ("1\u00a0234.5", POINT, "1234.5"),
        ("1'234.50", POINT, "1234.50"),
        ("£2.55", POINT, "2.55"),
        ("2.55 EUR", POINT, "2.55"),
        ("Rs.50", POINT, "50"),
        ("-€5.00", POINT, "-5"),
        ("€ -5.00", POINT, "-5"),
        ("(3.00)", POINT, "-3"),
        ("5.00-", POINT, "-5"),
        ("\u22127", POINT, "-7"),
        ("1.234,50", COMMA, "1234.50"),
        ("1.234", COMMA, "1234"),
        ("2,55 €", COMMA, "2.55"),
        ("1 234,5 Ft", COMMA, "1234.5"),
        ("250 руб.", COMMA, "250"),  # noqa: RUF001
    ],
)
def test_a_number(text: str, mark: DecimalMark, number: str) -> None:
    assert parse_number(text, mark) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("", POINT),
        ("€", POINT),
        ("twelve", POINT),
        ("12abc34", POINT),
        ("1.2.3", POINT),
        ("1,23", POINT),
        ("1.23", COMMA),
        ("1E5", POINT),
        ("٣", POINT),
        ("1" * 41, POINT),
        ("NaN", POINT),
        ("Infinity", POINT),
        ("=1+1", POINT),
    ],
)
def test_no_number(text: str, mark: DecimalMark) -> None:
    with pytest.raises(ValueError):
        parse_number(text, mark)


@pytest.mark.parametrize(
    ("text", "order", "moment"),
    [
        ("2010-12-01 08:26:00", DAY, "2010-12-01 08:26:00"),
        ("2010-12-01T08:26:00", MONTH, "2010-12-01 08:26:00"),
        ("2010-12-01T08:26:00Z", DAY, "2010-12-01 08:26:00+00:00"),
        ("2010-12-01", DAY, "2010-12-01 12:00:00"),
        ("19970101", DAY, "1997-01-01 12:00:00"),
        ("20101201082605", DAY, "2010-12-01 08:26:05"),
        ("1/2/2011", DAY, "2011-02-01 12:00:00"),
        ("1/2/2011", MONTH, "2011-01-02 12:00:00"),
        ("12/1/10 8:26", MONTH, "2010-12-01 08:26:00"),
        ("11/2/1", YEAR, "2011-02-01 12:00:00"),
        ("2010. 12. 01. 8:26", DAY, "2010-12-01 08:26:00"),
        ("1.12.2010 08.26", DAY, "2010-12-01 08:26:00"),
        ("01-Dec-10", MONTH, "2010-12-01 12:00:00"),
        ("Dec 1, 2010 3:05 PM", DAY, "2010-12-01 15:05:00"),
        ("1/2/2011 12:00 AM", MONTH, "2011-01-02 00:00:00"),
        ("40513.5", DAY, "2010-12-01 12:00:00"),
        ("40513", DAY, "2010-12-01 12:00:00"),
    ],
)
def test_a_moment(text: str, order: DateOrder, moment: str) -> None:
    assert parse_moment(text, order).isoformat(" ") == moment


@pytest.mark.parametrize("text", ["", "soon", "31/31/2010", "2010-13-01", "20101301", "1/2", "30/2/2011", "12:30"])
@pytest.mark.parametrize("order", DateOrder)
def test_no_moment(text: str, order: DateOrder) -> None:
    with pytest.raises(ValueError):
        parse_moment(text, order)


def test_a_thirteenth_tells_the_order() -> None:
    assert guess_date_order(["1/2/2011", "13/2/2011"], MONTH) == (DAY, False)
    assert guess_date_order(["1/2/2011", "2/13/2011"], DAY) == (MONTH, False)


def test_without_a_thirteenth_the_order_is_the_preferred_one_and_doubtful() -> None:
    assert guess_date_order(["1/2/2011", "3/4/2011"], MONTH) == (MONTH, True)
    assert guess_date_order(["1/2/2011", "3/4/2011"], DAY) == (DAY, True)


def test_dates_that_say_the_same_either_way_are_not_doubtful() -> None:
    assert guess_date_order(["2011-02-03", "20110304"], DAY) == (DAY, False)
    assert guess_date_order(["2/2/2011"], DAY) == (DAY, False)


def test_the_decimal_mark_is_the_last_one_or_the_one_that_parts_no_thousands() -> None:
    assert guess_decimal_mark(["1.234,50", "12"]) == COMMA
    assert guess_decimal_mark(["2,55", "1.234"]) == COMMA
    assert guess_decimal_mark(["1,234.50"]) == POINT
    assert guess_decimal_mark(["1,234", "5,678"]) == POINT
    assert guess_decimal_mark([]) == POINT


def test_names_are_no_values() -> None:
    assert [text for text in ("InvoiceNo", "date", "", "12", "2011-01-01", "€ 5,00") if is_value(text)] == [
        "12", "2011-01-01", "€ 5,00",
    ]  # fmt: skip
