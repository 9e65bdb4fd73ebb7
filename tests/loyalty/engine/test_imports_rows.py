"""A row of a file as a line of a purchase or a return, or why it is none."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from loyalty.engine.imports.columns import Field
from loyalty.engine.imports.rows import Choices, FreeItems, LeftOut, Negative, Problem, Refused, Row, RowReader
from loyalty.engine.imports.values import DateOrder, DecimalMark

NAMES = "receipt customer date item name category quantity price amount returned time"
LATEST = datetime(2026, 3, 1, tzinfo=UTC)


def read(
    row: str, *, without: str = "amount returned time", zone: str = "Europe/London", digits: int = 2, **choices
) -> Row:
    """Read "receipt|customer|date|…", the columns in the order of NAMES but for those left out."""
    columns = {Field(name): number for number, name in enumerate(n for n in NAMES.split() if n not in without.split())}
    reader = RowReader(columns, Choices(**choices), zone=ZoneInfo(zone), digits=digits, latest=LATEST)
    return reader.read(7, row.split("|"))


def refused(row: str, **more) -> tuple[Problem, Field | None, str]:
    with pytest.raises(Refused) as error:
        read(row, **more)
    assert error.value.line == 7
    return error.value.problem, error.value.field, error.value.value


def test_a_purchase() -> None:
    assert read("536365|17850.0|2010-12-01 08:26:00|85123A|HOLDER|Home|6.0|2.55") == Row(
        line=7, receipt="536365", customer="17850", at=1291191960, item="85123A", name="HOLDER", category="Home",
        quantity=6000, amount=1530,
    )  # fmt: skip


def test_the_time_is_the_shops_own() -> None:
    row = read("1|c|2026-01-05 12:00|a|n|k|1|1.00", zone="Asia/Ho_Chi_Minh")
    assert datetime.fromtimestamp(row.at, UTC) == datetime(2026, 1, 5, 5, 0, tzinfo=UTC)


def test_a_day_without_a_time_is_noon_there() -> None:
    row = read("1|c|2026-01-05|a|n|k|1|1.00", zone="America/Santiago")
    assert datetime.fromtimestamp(row.at, UTC) == datetime(2026, 1, 5, 15, 0, tzinfo=UTC)


def test_a_column_of_times_goes_with_the_day() -> None:
    row = read("1|c|05.01.2026|a|n|k|1|1.00|14:30", without="amount returned")
    assert datetime.fromtimestamp(row.at, UTC) == datetime(2026, 1, 5, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("row", "choices", "amount"),
    [
        ("1|c|2026-01-05|a|n|k|3|0.335", {}, 101),
        ("1|c|2026-01-05|a|n|k|1|0.001", {}, 0),
        ("1|c|2026-01-05|a|n|k|1.5|3.99", {}, 599),
        ("1|c|2026-01-05|a|n|k|1.5|3,99", {"decimal_mark": DecimalMark.COMMA}, None),
        ("1|c|2026-01-05|a|n|k|1,5|3,99 €", {"decimal_mark": DecimalMark.COMMA}, 599),
        ("1|c|2026-01-05|a|n|k||3.99", {}, 399),
    ],
)
def test_amounts_are_rounded_once_for_each_line(row: str, choices: dict, amount: int | None) -> None:
    if amount is None:
        assert refused(row, **choices) == (Problem.BAD_QUANTITY, Field.QUANTITY, "1.5")
    else:
        assert read(row, **choices).amount == amount


def test_a_currency_without_decimals() -> None:
    assert read("1|c|2026-01-05|a|n|k|2|45000", digits=0).amount == 90000


def test_an_amount_stands_above_a_price() -> None:
    row = read("1|c|2026-01-05|a|n|k|4|2.50|9.00", without="returned time")
    assert (row.quantity, row.amount) == (4000, 900)


def test_an_amount_without_a_quantity_is_one_piece() -> None:
    row = read("1|c|2026-01-05|a|n|k||9.00", without="price returned time")
    assert (row.quantity, row.amount) == (1000, 900)


@pytest.mark.parametrize("customer", ["", " ", "-", "0", "NULL", "nan", "0.0"])
def test_nobody(customer: str) -> None:
    assert read(f"1|{customer}|2026-01-05|a|n|k|1|1.00").customer == ""


@pytest.mark.parametrize(
    ("quantity", "price", "choices", "is_return", "left_out", "amount"),
    [
        ("-2", "3.00", {}, True, None, 600),
        ("2", "-3.00", {}, False, None, -600),
        ("2", "-3.00", {"negative": Negative.RETURN}, True, None, 600),
        ("2", "-3.00", {"negative": Negative.LEAVE_OUT}, False, LeftOut.NEGATIVE, -600),
        ("-2", "-3.00", {"negative": Negative.LEAVE_OUT}, True, None, 600),
        ("2", "0.00", {}, False, LeftOut.FREE, 0),
        ("2", "0.00", {"free_items": FreeItems.KEEP}, False, None, 0),
        ("-2", "0.00", {"free_items": FreeItems.KEEP}, True, LeftOut.FREE, 0),
        ("0", "3.00", {}, False, LeftOut.NOTHING, 0),
    ],
)
def test_signs(
    quantity: str, price: str, choices: dict, is_return: bool, left_out: LeftOut | None, amount: int
) -> None:
    row = read(f"1|c|2026-01-05|a|n|k|{quantity}|{price}", **choices)
    assert (row.is_return, row.left_out, row.amount) == (is_return, left_out, amount)
    assert row.quantity == abs(int(quantity)) * 1000


def test_a_prefix_marks_returns() -> None:
    row = read("c536379|c|2026-01-05|a|n|k|1|3.00", return_prefix="C")
    assert (row.receipt, row.is_return, row.amount) == ("c536379", True, 300)
    assert not read("536379|c|2026-01-05|a|n|k|1|3.00", return_prefix="C").is_return


@pytest.mark.parametrize(
    ("mark", "is_return"), [("yes", True), ("R", True), ("1", True), ("no", False), ("", False), ("Sale", False)]
)
def test_a_column_marks_returns(mark: str, is_return: bool) -> None:
    assert read(f"1|c|2026-01-05|a|n|k|1|3.00|{mark}", without="amount time").is_return is is_return


def test_numbers_that_begin_anew_each_day_are_told_apart_by_the_day_in_the_shop() -> None:
    row = read("17|c|2026-01-05 23:30|a|n|k|1|3.00", daily_numbers=True, zone="America/New_York")
    assert row.receipt == "17 2026-01-05"


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("|c|2026-01-05|a|n|k|1|1.00", (Problem.NO_RECEIPT, Field.RECEIPT, "")),
        ("1|c||a|n|k|1|1.00", (Problem.NO_DATE, Field.DATE, "")),
        ("1|c|31/31/2026|a|n|k|1|1.00", (Problem.BAD_DATE, Field.DATE, "31/31/2026")),
        ("1|c|2027-01-05|a|n|k|1|1.00", (Problem.FUTURE, Field.DATE, "2027-01-05")),
        ("1|c|1979-01-05|a|n|k|1|1.00", (Problem.TOO_EARLY, Field.DATE, "1979-01-05")),
        ("1|c|0001-01-01|a|n|k|1|1.00", (Problem.TOO_EARLY, Field.DATE, "0001-01-01")),
        ("1|c|9999-12-31|a|n|k|1|1.00", (Problem.FUTURE, Field.DATE, "9999-12-31")),
        ("1|c|2026-01-05|a|n|k|six|1.00", (Problem.BAD_QUANTITY, Field.QUANTITY, "six")),
        ("1|c|2026-01-05|a|n|k|1|", (Problem.NO_AMOUNT, Field.PRICE, "")),
        ("1|c|2026-01-05|a|n|k|1|dear", (Problem.BAD_AMOUNT, Field.PRICE, "dear")),
        ("1|c|2026-01-05|a|n|k|1|99999999999999", (Problem.TOO_LARGE, Field.PRICE, "99999999999999")),
        ("1|c|2026-01-05|a|n|k|9999999999|0.01", (Problem.TOO_LARGE, Field.PRICE, "0.01")),
        ("1|c|2026-01-05", (Problem.NO_AMOUNT, Field.PRICE, "")),
        (f"{'1' * 41}|c|2026-01-05|a|n|k|1|1.00", (Problem.TOO_LONG, Field.RECEIPT, "1" * 41)),
        (f"1|{'c' * 61}|2026-01-05|a|n|k|1|1.00", (Problem.TOO_LONG, Field.CUSTOMER, "c" * 61)),
    ],
)
def test_what_cannot_be_used_says_why(row: str, problem: tuple) -> None:
    assert refused(row) == problem


def test_a_time_that_is_none() -> None:
    row = "1|c|2026-01-05|a|n|k|1|1.00|25:99"
    assert refused(row, without="amount returned") == (Problem.BAD_TIME, Field.TIME, "25:99")


def test_texts_are_cut_and_control_characters_are_spaces() -> None:
    row = read(f"1|c|2026-01-05|a\x00b|{'n' * 200}|x\ty|1|1.00")
    assert (row.item, len(row.name), row.category) == ("a b", 120, "x y")


def test_the_order_of_a_date_is_chosen() -> None:
    day = read("1|c|02/03/2025|a|n|k|1|1.00", date_order=DateOrder.MONTH_FIRST, zone="UTC")
    assert datetime.fromtimestamp(day.at, UTC) == datetime(2025, 2, 3, 12, tzinfo=UTC)


def test_choices_survive_being_kept() -> None:
    choices = Choices(date_order=DateOrder.YEAR_FIRST, return_prefix="R", negative=Negative.RETURN, award=False)
    assert Choices.from_json(choices.as_json()) == choices
