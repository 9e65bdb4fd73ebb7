"""A year of a British gift shop: 541,909 lines with all that is wrong with real files."""

import csv
import io

import pytest

from loyalty.models import Account, Refund, Sale, SaleLine
from tests.loyalty.imports import booked
from tests.realdata.data import WHOLE, Truth, data_file, retail_slice, truth_of
from tests.realdata.owner import Owner


def assert_import_agrees(owner: Owner, name: str, content: bytes, truth: Truth) -> None:
    """Bring a file in through the pages: figures, points, books, and the same file once more."""
    batch = owner.upload(name, content, return_prefix="C")
    assert_report_agrees(batch.report, truth)
    owner.book_purchases(batch)
    assert_purchases_agree(owner, batch.counts, truth)
    owner.finish(batch)
    assert batch.counts["returns"] == truth.returns
    assert Refund.objects.filter(batch=batch).values("receipt").distinct().count() == truth.returns
    (taken_back,) = batch.counts["taken_back"].values()
    assert owner.points() == truth.points - taken_back
    assert owner.faults() == []
    assert_again_changes_nothing(owner, name, content, truth)


def assert_report_agrees(report: dict, truth: Truth) -> None:
    assert {name: report[name] for name in ("rows", "receipts", "customers", "anonymous_rows", "buyers")} == {
        "rows": truth.rows, "receipts": truth.receipts, "customers": truth.customers,
        "anonymous_rows": truth.anonymous_rows, "buyers": truth.buyers,
    }  # fmt: skip
    assert report["purchases"] == {"receipts": truth.purchases, "lines": truth.purchase_rows, "amount": truth.amount}
    assert report["walk_ins"]["receipts"] == truth.walk_ins
    assert (report["returns"]["receipts"], report["returns"]["lines"]) == (truth.returns, truth.return_rows)


def assert_purchases_agree(owner: Owner, counts: dict, truth: Truth) -> None:
    assert (counts["sales"], counts["walk_ins"], counts["sales_amount"]) == (
        truth.purchases, truth.walk_ins, truth.amount,
    )  # fmt: skip
    assert list(counts["awarded"].values()) == [truth.points]
    assert (owner.points(), Account.objects.count()) == (truth.points, truth.buyers)
    lines = SaleLine.objects.filter(sale__business=owner.role.business, sale__account__isnull=False)
    assert lines.count() == truth.purchase_rows


def assert_again_changes_nothing(owner: Owner, name: str, content: bytes, truth: Truth) -> None:
    before = booked()
    again = owner.upload(name, content, return_prefix="C")
    receipts = truth.purchases + truth.walk_ins + truth.returns
    assert again.report["known"] == again.total == receipts
    owner.press("start", again)
    owner.finish(again)
    assert again.counts["known"] == receipts
    assert booked() == before


def test_a_slice(owner: Owner) -> None:
    content = retail_slice(700)
    truth = truth_of(list(csv.DictReader(io.StringIO(content))))
    assert (truth.returns > 50, truth.walk_ins > 10, truth.rows > 10_000) == (True, True, True)
    assert_import_agrees(owner, "slice.csv", content.encode(), truth)


def test_a_slice_is_undone(owner: Owner) -> None:
    batch = owner.upload("slice.csv", retail_slice(150).encode(), return_prefix="C")
    owner.press("start", batch)
    owner.finish(batch)
    assert owner.points() > 0
    owner.press("undo", batch)
    owner._work(batch)
    assert (batch.state, owner.points(), Sale.objects.filter(undone_at=None).count()) == ("undone", 0, 0)
    assert owner.faults() == []


@pytest.mark.nightly
def test_the_whole_year(owner: Owner) -> None:
    content = data_file("online_retail.csv.gz").read_bytes()
    assert_import_agrees(owner, "online_retail.csv.gz", content, WHOLE)
