"""Rows gathered by receipt and put in order, whatever the order of the file."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from loyalty.engine.imports.report import Report, Tally, summarise
from loyalty.engine.imports.rows import LeftOut, Problem, Refused, Repeats, Row
from loyalty.engine.imports.stage import Stage, StageWriter

MONDAY = 1767603600  # 2026-01-05 09:00 UTC
HOUR = 3600


def row(line: int, receipt: str, *, at: int = MONDAY, customer: str = "", amount: int = 100, **more) -> Row:
    values = {"item": "", "name": "", "category": "", "quantity": 1000} | more
    return Row(line=line, receipt=receipt, customer=customer, at=at, amount=amount, **values)


def gather(path: Path, *rows: Row, numbered: bool = True, repeats: Repeats = Repeats.KEEP) -> Stage:
    with StageWriter(path, numbered=numbered, repeats=repeats) as writer:
        for each in rows:
            try:
                writer.add(each)
            except Refused as refused:
                writer.refuse(refused)
        writer.finish()
    return Stage(path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file.csv.stage"


def test_lines_of_a_receipt_belong_together_wherever_they_stand(path: Path) -> None:
    with gather(path, row(2, "A", item="x"), row(3, "B"), row(4, "A", item="y", amount=50)) as stage:
        receipts = stage.receipts(0, 10)
    assert [(r.number, r.amount, [line.item for line in r.lines]) for r in receipts] == [
        ("A", 150, ["x", "y"]), ("B", 100, [""]),
    ]  # fmt: skip


def test_purchases_come_first_then_returns_each_as_they_happened(path: Path) -> None:
    rows = [
        row(2, "late", at=MONDAY + HOUR), row(3, "C1", at=MONDAY - HOUR, is_return=True),
        row(4, "early", at=MONDAY), row(5, "same time", at=MONDAY),
    ]  # fmt: skip
    with gather(path, *rows) as stage:
        receipts = stage.receipts(0, 10)
    assert [(r.position, r.number, r.is_return) for r in receipts] == [
        (1, "early", False), (2, "same time", False), (3, "late", False), (4, "C1", True),
    ]  # fmt: skip
    assert receipts[0].at == datetime(2026, 1, 5, 9, tzinfo=UTC)


def test_a_run_goes_on_behind_a_position(path: Path) -> None:
    with gather(path, *(row(n, str(n)) for n in range(1, 8))) as stage:
        assert [r.number for r in stage.receipts(3, 2)] == ["4", "5"]
        assert stage.receipts(7, 2) == []
        assert stage.size == 7


def test_a_receipt_has_its_earliest_time_and_the_customer_that_any_line_names(path: Path) -> None:
    rows = [row(2, "A", at=MONDAY + 60), row(3, "A", at=MONDAY, customer="7"), row(4, "A", at=MONDAY + 30)]
    with gather(path, *rows) as stage:
        (receipt,) = stage.receipts(0, 10)
    assert (receipt.customer, receipt.at.minute, len(receipt.lines)) == ("7", 0, 3)


def test_a_second_customer_or_another_day_under_the_same_number_is_refused(path: Path) -> None:
    rows = [row(2, "A", customer="7"), row(3, "A", customer="8"), row(4, "A", customer="7", at=MONDAY + 25 * HOUR)]
    with gather(path, *rows) as stage:
        assert list(stage.problems()) == [
            (3, Problem.OTHER_CUSTOMER, "", "8"), (4, Problem.OTHER_DAY, "", "2026-01-06"),
        ]  # fmt: skip
        assert stage.receipts(0, 10)[0].amount == 100


def test_a_receipt_below_zero_is_refused_with_its_first_line(path: Path) -> None:
    rows = [row(2, "A", amount=100), row(3, "B", amount=-500), row(4, "B", amount=100)]
    with gather(path, *rows) as stage:
        assert list(stage.problems()) == [(3, Problem.BELOW_ZERO, "", "B")]
        assert [r.number for r in stage.receipts(0, 10)] == ["A"]


def test_a_discount_lowers_its_receipt(path: Path) -> None:
    with gather(path, row(2, "A", amount=500), row(3, "A", amount=-100)) as stage:
        assert stage.receipts(0, 10)[0].amount == 400


def test_without_numbers_each_row_is_known_by_what_it_is_and_which_of_its_like_it_is(
    path: Path, tmp_path: Path
) -> None:
    rows = [row(2, "", customer="7"), row(3, "", customer="7"), row(4, "", customer="8")]
    with gather(path, *rows, numbered=False) as stage:
        first = [r.number for r in stage.receipts(0, 10)]
    assert len(set(first)) == 3
    assert first[1] == first[0].removesuffix("-1") + "-2"
    more = [row(2, "", customer="9"), *(each._replace(line=each.line + 1) for each in rows)]
    with gather(tmp_path / "longer.stage", *more, numbered=False) as stage:
        assert {r.number for r in stage.receipts(0, 10)} > set(first)


@pytest.mark.parametrize(("repeats", "amount", "lines"), [(Repeats.KEEP, 300, 3), (Repeats.ONCE, 200, 2)])
def test_lines_that_repeat(path: Path, repeats: Repeats, amount: int, lines: int) -> None:
    rows = [row(2, "A", item="x"), row(3, "A", item="x"), row(4, "A", item="y")]
    with gather(path, *rows, repeats=repeats) as stage:
        (receipt,) = stage.receipts(0, 10)
        assert (receipt.amount, len(receipt.lines)) == (amount, lines)
        assert summarise(stage, known_customers=0).repeated == 1


def test_the_report(path: Path) -> None:
    rows = [
        row(2, "A", customer="7", item="x"), row(3, "A", customer="7", amount=50),
        row(4, "B", at=MONDAY + 40 * HOUR), row(5, "C1", customer="9", is_return=True, amount=30),
        row(6, "D", customer="8", amount=0, left_out=LeftOut.FREE), row(7, "A", customer="8"),
    ]  # fmt: skip
    with gather(path, *rows) as stage:
        stage.mark_known(["A"], is_return=False, how="same")
        stage.mark_known(["B"], is_return=False, how="other")
        report = summarise(stage, known_customers=1)
    assert report == Report(
        rows=6, receipts=4, customers=3, anonymous_rows=1,
        purchases=Tally(receipts=1, lines=2, amount=150), walk_ins=Tally(receipts=1, lines=1, amount=100),
        returns=Tally(receipts=1, lines=1, amount=30), buyers=1, first_day="2026-01-05", last_day="2026-01-07",
        left_out={"free": 1}, problems={"other_customer": 1},
        first_problems=[[7, "other_customer", "", "8"]], known=2, known_otherwise=1, known_customers=1,
    )  # fmt: skip
    assert (report.refused, report.new_customers) == (1, 2)
    assert Report.from_json(report.as_json()) == report


def test_a_stage_that_was_not_finished_is_none(path: Path) -> None:
    with StageWriter(path, numbered=True, repeats=Repeats.KEEP) as writer:
        writer.add(row(2, "A"))
    assert list(path.parent.iterdir()) == []


def test_made_again_it_is_the_same(path: Path, tmp_path: Path) -> None:
    rows = [row(n, f"R{n % 17}", at=MONDAY + n % 5, customer="7", amount=n) for n in range(2, 200)]
    with gather(path, *rows) as one, gather(tmp_path / "again.stage", *rows) as two:
        assert one.receipts(0, 100) == two.receipts(0, 100)
