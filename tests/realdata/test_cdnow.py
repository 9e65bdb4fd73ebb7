"""Eighteen months of a music shop: columns set apart by blanks, no receipt numbers, days without a time."""

from decimal import Decimal

import pytest
from django.db.models import Sum
from django.test import Client

from loyalty.models import Account, Sale
from tests.realdata.conftest import open_gift_shop
from tests.realdata.data import data_file
from tests.realdata.owner import Owner


@pytest.fixture
def owner(db: None, client: Client) -> Owner:
    return open_gift_shop(client, "cdnow", currency="USD")


def assert_import_agrees(owner: Owner, content: bytes, *, rows: int, amount: int, customers: int) -> None:
    batch = owner.upload("cdnow.txt", content)
    free = batch.report["left_out"].get("free", 0)
    assert (batch.report["rows"], batch.report["purchases"]["receipts"] + free) == (rows, rows)
    assert (batch.report["purchases"]["amount"], batch.report["customers"]) == (amount, customers)
    owner.press("start", batch)
    owner.finish(batch)
    assert Sale.objects.aggregate(total=Sum("total"))["total"] == amount
    assert (Sale.objects.count(), Account.objects.count()) == (rows - free, batch.report["buyers"])
    assert owner.faults() == []
    again = owner.upload("cdnow.txt", content)
    assert again.report["known"] == rows - free


def test_a_slice(owner: Owner) -> None:
    lines = data_file("cdnow_master.txt").read_text().splitlines()[:1501]
    dollars = [Decimal(line.split()[3]) for line in lines[1:]]
    customers = len({line.split()[0] for line in lines[1:]})
    content = "\r\n".join(lines).encode()
    assert_import_agrees(owner, content, rows=1500, amount=int(sum(dollars) * 100), customers=customers)


@pytest.mark.nightly
def test_the_whole(owner: Owner) -> None:
    content = data_file("cdnow_master.txt").read_bytes()
    assert_import_agrees(owner, content, rows=69_659, amount=250_031_563, customers=23_570)
