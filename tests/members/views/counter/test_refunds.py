"""Goods that come back at the till: chosen by line or by amount, looked at before, said after; without JavaScript."""

from decimal import Decimal
from uuid import uuid4

import pytest

from loyalty.domain.sale_input import LineInput, SaleInput
from loyalty.models import Sale, SaleLine
from members.domain import counter
from members.models import Member
from rewards.domain import redemptions
from tests.members.counter import HTMX, Till, rows, words
from tests.world import NOW


@pytest.fixture
def sale(till: Till) -> Sale:
    """Three cups for 30.00 and a pot for 20.00: 50 points and a stamp."""
    lines = [
        LineInput(3000, 3000, name="Cup", quantity=Decimal(3)),
        LineInput(2000, 2000, item="POT-1"),
    ]
    bought = SaleInput(key="k", at=NOW, total=5000, total_before_tax=5000, lines=lines)
    by = till.world.at_counter()
    account = till.world.member.account
    return counter.record(business=till.world.business, account=account, sale=bought, by=by, at=NOW).sale


def form(sale: Sale, amount: str = "", **pieces: str) -> dict[str, object]:
    names = {line.name or line.item: line.pk for line in sale.lines.all()}
    typed = {f"line{names[name.replace('_', '-')]}": count for name, count in pieces.items()}
    return {"key": uuid4(), "amount": amount, **typed}


def points(till: Till) -> int:
    return till.world.member.account.balances.get(unit=till.world.points).amount


def returned(sale: Sale) -> list[int]:
    return list(sale.lines.order_by("pk").values_list("returned_thousandths", flat=True))


def test_the_lines_of_the_sale_are_asked_for(till: Till, sale: Sale):
    said = words(till.get("refund", sale=sale.public_id))
    assert "What came back Cup, €30.00 (optional) 3 of 3 left POT-1, €20.00 (optional) 1 of 1 left Amount given" in said
    assert "€50.00 can be given back." in said


def test_what_comes_back_is_booked_and_said_on_the_receipt(till: Till, sale: Sale):
    page = till.client.post(till.url("refund", sale=sale.public_id), form(sale, Cup="2"), follow=True)
    said = words(page)
    assert "The refund is recorded." in said
    assert "€20.00 given back on Mar 10, 2026, 12:30:00 PM · \u221220 points" in said
    assert (points(till), returned(sale)) == (30, [2000, 0])
    assert "Cup, €30.00 (optional) 1 of 3 left" in words(till.get("refund", sale=sale.public_id))
    till.post("refund", form(sale, Cup="1", POT_1="1"), sale=sale.public_id)
    assert (points(till), returned(sale)) == (0, [3000, 1000])
    assert "Nothing is left to give back of this sale." in words(till.get("refund", sale=sale.public_id))


def test_an_amount_alone_or_for_a_line(till: Till, sale: Sale):
    till.post("refund", form(sale, "5.00", POT_1="1"), sale=sale.public_id)
    assert (points(till), returned(sale)) == (45, [0, 1000])
    till.post("refund", form(sale, "15.00"), sale=sale.public_id)
    assert (points(till), returned(sale)) == (30, [0, 1000])


def test_the_same_form_books_once(till: Till, sale: Sale):
    data = form(sale, Cup="1")
    for _ in range(2):
        till.post("refund", data, sale=sale.public_id)
    assert (points(till), returned(sale)) == (40, [1000, 0])
    response = till.post("refund", form(sale, Cup="2") | {"key": data["key"]}, sale=sale.public_id)
    assert (response.status_code, "This form was recorded before, with other content." in words(response)) == (
        422,
        True,
    )
    assert points(till) == 40


@pytest.mark.parametrize("live", [True, False])
def test_before_it_is_booked_it_says_what_goes_back_and_what_is_owed(till: Till, sale: Sale, live: bool):
    world = till.world
    redemptions.redeem(reward=world.reward, account=world.member.account, key="r", by=world.at_counter(), at=NOW)
    before = rows(), returned(sale)
    address = till.url("refund-preview", sale=sale.public_id)
    response = till.client.post(address, form(sale, Cup="1", POT_1="1"), headers=HTMX if live else {})
    said = words(response)
    assert response.status_code == 200
    assert "€30.00 back 30 points owed" in said
    assert ("Record the refund" in said) is not live
    assert (rows(), returned(sale)) == before
    if not live:
        assert 'value="1"' in response.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Enter how many of what came back, or an amount."),
        ({"Cup": "3.001"}, "Enter at most 3."),
        ({"Cup": "-1"}, "Enter"),
        ({"Cup": "two"}, "Enter a number"),
        ({"amount": "50.01"}, "Enter at most 50.00."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_booked(till: Till, sale: Sale, typed: dict[str, str], said: str):
    before = rows(), returned(sale)
    for name in ("refund", "refund-preview"):
        response = till.post(name, form(sale, **typed), sale=sale.public_id)
        assert (response.status_code, said in words(response)) == (422, True)
    assert (rows(), returned(sale)) == before


def test_what_came_back_meanwhile_at_another_till_is_refused(till: Till, sale: Sale):
    till.post("refund", form(sale, Cup="2"), sale=sale.public_id)
    before = rows(), returned(sale)
    for name in ("refund", "refund-preview"):
        response = till.post(name, form(sale, Cup="2"), sale=sale.public_id)
        assert (response.status_code, "Enter at most 1." in words(response)) == (422, True)
        response = till.post(name, form(sale, "30.01"), sale=sale.public_id)
        assert (response.status_code, "Enter at most 30.00." in words(response)) == (422, True)
    assert (rows(), returned(sale)) == before


def test_a_form_sent_again_after_all_is_back_answers_as_the_first(till: Till, sale: Sale):
    data = form(sale, Cup="3", POT_1="1")
    answers = [till.post("refund", data, sale=sale.public_id) for _ in range(2)]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, answers[0]["Location"])] * 2
    assert (points(till), returned(sale)) == (0, [3000, 1000])


def test_nobody_looks_at_or_books_the_own_refund(till: Till, sale: Sale):
    Member.objects.filter(pk=till.world.member.pk).update(user=till.world.cashier)
    before = rows()
    for name in ("refund", "refund-preview"):
        response = till.post(name, form(sale, Cup="1"), sale=sale.public_id)
        assert (response.status_code, "This is your own membership." in words(response)) == (403, True)
    assert (rows(), SaleLine.objects.filter(returned_thousandths__gt=0).count()) == (before, 0)
