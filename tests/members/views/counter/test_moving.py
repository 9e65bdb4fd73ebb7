"""A purchase recorded for the wrong customer, moved at the till."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from loyalty.domain import refunds
from loyalty.models import Account, Entry, Sale
from members.domain import counter, enrolment
from members.domain.enrolment import Person
from members.models import Member, MemberSource
from rewards.domain import redemptions
from tests.members.counter import Till, rows, words
from tests.world import NOW, World


@pytest.fixture
def till(world: World) -> Till:
    return Till(world, world.cashier)


@pytest.fixture
def max_moon(world: World) -> Member:
    return enrol(world, "Max Moon", "moon@example.com")


@pytest.fixture
def sale(world: World, till: Till) -> Sale:
    """12.50 of Max, recorded for Mia."""
    till.book()
    return Sale.objects.get()


def enrol(world: World, name: str, email: str) -> Member:
    return enrolment.enrol(
        business=world.business, person=Person(name=name, email=email), source=MemberSource.COUNTER,
        by=world.at_counter(), at=NOW,
    )  # fmt: skip


def move(till: Till, sale: Sale, to: Account, **data: object):
    data = {"key": uuid4()} | data
    return till.client.post(till.url("move", sale=sale.public_id, account=to.public_id), data, follow=True)


def points(member: Member) -> int:
    return sum(member.account.balances.filter(unit__code="points").values_list("amount", flat=True))


def test_the_right_customer_is_found_from_the_sale(world, till, sale, max_moon):
    door = till.url("move-find", sale=sale.public_id)
    assert door in till.get("sale", sale=sale.public_id).text
    found = till.client.post(door, {"q": "moon"})
    assert till.url("move", sale=sale.public_id, account=max_moon.account.public_id) in found.text
    assert till.url("move", sale=sale.public_id, account=world.member.account.public_id) not in found.text


def test_what_comes_of_it_is_shown_and_nothing_is_booked(till, sale, max_moon):
    before = rows()
    said = words(till.get("move", sale=sale.public_id, account=max_moon.account.public_id))
    assert "Taken back here Mia Moon" in said
    assert "\u221212 points \u22121 stamp" in said
    assert "+12 points +1 stamp" in said
    assert rows() == before


def test_moved_and_brought_back(world, till, sale, max_moon):
    page = move(till, sale, max_moon.account)
    said, back = words(page), till.url("move-back", sale=sale.public_id)
    assert back in page.text
    assert "It is as if it had been recorded here from the start." in said
    assert "+12 points" in said
    assert (points(world.member), points(max_moon)) == (0, 12)
    assert "Moved back." in words(till.client.post(back, follow=True))
    assert (points(world.member), points(max_moon)) == (12, 0)


def test_the_receipt_and_the_list_tell_of_where_it_is_now(world, till, sale, max_moon):
    refunds.refund(sale=sale, amount=250, key="r", by=world.at_counter(), at=timezone.now(), happened_at=timezone.now())
    move(till, sale, max_moon.account)
    said = words(till.get("sale", sale=sale.public_id))
    assert said.count("+12 points") == said.count("\u22122 points") == 1
    assert "Max" in words(till.get())


def test_sent_twice_it_is_moved_once(world, till, sale, max_moon):
    key = uuid4()
    for _ in range(2):
        move(till, sale, max_moon.account, key=key)
    assert Entry.objects.filter(posting__kind="move").count() == 2


def test_a_walk_in_is_given_to_a_customer_and_taken_back(world, till, max_moon):
    now = timezone.now()
    till.post("walk-in", {"key": uuid4(), "amount": "20", "receipt": ""})
    sale = Sale.objects.get()
    assert (sale.account, now <= sale.at) == (None, True)
    move(till, sale, max_moon.account)
    assert points(max_moon) == 20
    till.client.post(till.url("move-back", sale=sale.public_id))
    sale.refresh_from_db()
    assert (sale.account, points(max_moon)) == (None, 0)


def late(sale: Sale, minutes: int) -> None:
    Sale.objects.filter(pk=sale.pk).update(recorded_at=timezone.now() - timedelta(minutes=minutes))


def test_a_cashier_moves_for_some_minutes_and_a_manager_at_any_time(world, till, sale, max_moon):
    late(sale, world.business.undo_minutes + 1)
    before = rows()
    assert "Move it" not in words(till.get("sale", sale=sale.public_id))
    page = move(till, sale, max_moon.account)
    assert (page.status_code, "The minutes in which you can move it are over." in words(page)) == (422, True)
    assert rows() == before
    move(Till(world, world.manager), sale, max_moon.account)
    assert points(max_moon) == 12


def test_nobody_moves_from_or_to_the_own_membership(world, till, sale):
    own = enrol(world, "Cleo", world.cashier.email)
    page = move(till, sale, own.account)
    assert (page.status_code, "own membership" in words(page)) == (403, True)
    Member.objects.filter(pk=own.pk).update(email="")
    Member.objects.filter(pk=world.member.pk).update(email=world.cashier.email)
    other = enrol(world, "Zoe", "zoe@example.com")
    page = move(till, sale, other.account)
    assert (page.status_code, points(other)) == (403, 0)


def test_what_cannot_be_moved_is_said(world, till, sale, max_moon):
    same = move(till, sale, world.member.account)
    assert (same.status_code, "It is recorded for this customer already." in words(same)) == (422, True)
    counter.undo_sale(sale=sale, by=world.at_counter(), at=timezone.now())
    undone = move(till, sale, max_moon.account)
    assert (undone.status_code, "there is nothing to move" in words(undone)) == (422, True)
    assert till.client.post(till.url("move-back", sale=sale.public_id)).status_code == 404


def test_what_was_spent_is_owed_by_the_wrong_one(world, till, max_moon):
    till.book("50")
    redemptions.redeem(reward=world.reward, account=world.member.account, key="k", by=world.at_counter(), at=NOW)
    sale = Sale.objects.get()
    said = words(till.get("move", sale=sale.public_id, account=max_moon.account.public_id))
    assert "50 points owed" in said
    move(till, sale, max_moon.account)
    assert world.member.account.balances.get(unit=world.points).owed == 50
