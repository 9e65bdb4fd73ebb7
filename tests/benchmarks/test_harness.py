"""The benchmarks run, with tiny counts: their figures are not judged here, but that they measure what they say."""

from pathlib import Path

import pytest
from django.db import connection

from benchmarks import anchors, expiring, files, rounds
from benchmarks.copies import TABLES, copies
from benchmarks.rounds import Goal, Round, play, valid
from benchmarks.shop import NotSound, Shop, check_books, open_shop
from loyalty.models import Account, AuditEvent, Balance, Entry, Lot, Posting, Sale

WRITTEN = (Sale, Posting, Entry, Lot, AuditEvent)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop() -> Shop:
    return open_shop(members=2)


def url() -> str:
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    return f"postgres://{settings['USER']}@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"


def anchor(shop: Shop) -> anchors.Bare:
    if connection.vendor == "sqlite":
        return anchors.BareSqlite(shop, Path(connection.settings_dict["NAME"]))
    return anchors.BarePostgres(shop, url())


def counts() -> list[int]:
    return [model.objects.count() for model in WRITTEN]


def test_the_anchor_writes_the_rows_that_the_product_writes(shop: Shop) -> None:
    before = counts()
    shop.book()
    product = [after - earlier for after, earlier in zip(counts(), before, strict=True)]
    before = counts()
    bare = anchor(shop)
    bare.book()
    bare.connection.close()
    assert [after - earlier for after, earlier in zip(counts(), before, strict=True)] == product == [1] * 5
    assert check_books() == sum(Balance.objects.values_list("amount", flat=True))


def test_a_copy_writes_the_rows_that_an_import_left(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "CUSTOMERS", 3)
    ours, others = files.customers(shop, "c"), files.customers(shop, "b")
    anchor = copies(url(), {account.pk: other.pk for account, other in zip(ours, others, strict=True)})
    before = [table.objects.count() for table in TABLES]
    files.beside(shop, anchor, files.file_of(shop, 1, 20), 20)
    anchor.base.close()
    written = [table.objects.count() - earlier for table, earlier in zip(TABLES, before, strict=True)]
    assert written == [2 * 20] * len(TABLES)
    assert held(ours) == held(others)
    check_books()
    shop.book()


def held(accounts: list[Account]) -> list[tuple[int, int]]:
    balances = Balance.objects.filter(account__in=accounts).order_by("account")
    return list(balances.values_list("amount", "last_seq"))


def test_books_that_do_not_add_up_void_a_run(shop: Shop) -> None:
    Balance.objects.update(amount=1)
    with pytest.raises(NotSound):
        check_books()


def test_both_are_measured_in_turns(shop: Shop) -> None:
    acts: list[str] = []
    measured = rounds.in_turns(lambda: acts.append("p"), lambda: acts.append("a"), count=4, slices=2)
    assert acts == ["a", "a", "p", "p", "p", "p", "a", "a"]
    assert measured.ratio == measured.product / measured.anchor


def test_a_disturbed_round_does_not_count() -> None:
    calm, disturbed = Round(product=70, anchor=100), Round(product=40, anchor=50)
    assert valid([calm, disturbed], Goal(0.7)) == [calm]
    assert valid([calm, disturbed], Goal(1.3, at_most=True)) == [disturbed]
    played = iter([calm, calm, disturbed, calm])
    result = play("work", Goal(0.7), lambda: next(played), rounds=2)
    assert (len(result.rounds), result.void) == (2, 1)
    assert "ratio min 0.70, median 0.70, max 0.70; goal at least 0.70: met (2 rounds, 1 void" in str(result)


def test_the_twin_gets_the_rows_that_the_job_left() -> None:
    expiring.expire(url(), rounds=1, number=7)
    of = [Posting.objects.filter(business__slug=slug, kind="expiry") for slug in ("ours", "twin")]
    amounts = [list(rows.order_by("pk").values_list("entries__amount", "entries__seq", "at")) for rows in of]
    assert amounts[0] == amounts[1]
    assert len(amounts[0]) == 2 * 7
    check_books()
