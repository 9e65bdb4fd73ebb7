"""A purchase recorded for the wrong customer, moved at the till."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from loyalty.domain import refunds
from loyalty.models import Account, Business, Entry, Sale
from members.domain import counter, enrolment, moving
from members.domain.enrolment import Person
from members.models import Member, MemberSource
from rewards.domain import redemptions
from tests.members.counter import Till, rows, words
from tests.pages import alerts, has_summary, links, texts, undo_offers
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
    assert door in links(till.get("sale", sale=sale.public_id))
    found = links(till.client.post(door, {"q": "moon"}))
    assert till.url("move", sale=sale.public_id, account=max_moon.account.public_id) in found
    assert till.url("move", sale=sale.public_id, account=world.member.account.public_id) not in found


def test_what_comes_of_it_is_shown_side_by_side(till, sale, max_moon):
    page = till.get("move", sale=sale.public_id, account=max_moon.account.public_id)
    assert texts(page, ".merge-side strong") == ["Mia Moon", "Max Moon"]
    assert texts(page, ".move-sum") == ["\u221212 points", "\u22121 stamp", "+12 points", "+1 stamp"]


def test_looking_moves_nothing(till, sale, max_moon):
    before = rows()
    till.get("move", sale=sale.public_id, account=max_moon.account.public_id)
    assert rows() == before


def test_moved_it_earns_where_it_belongs(world, till, sale, max_moon):
    page = move(till, sale, max_moon.account)
    assert (points(world.member), points(max_moon)) == (0, 12)
    assert "It is as if it had been recorded here from the start." in words(page)


def test_a_toast_brings_it_back(world, till, sale, max_moon):
    page, back = move(till, sale, max_moon.account), till.url("move-back", sale=sale.public_id)
    assert back in undo_offers(page)
    assert alerts(till.client.post(back))[-1] == "success"
    assert (points(world.member), points(max_moon)) == (12, 0)


def test_the_receipt_tells_each_booking_once(world, till, sale, max_moon):
    refunds.refund(sale=sale, amount=250, key="r", by=world.at_counter(), at=timezone.now(), happened_at=timezone.now())
    move(till, sale, max_moon.account)
    page = till.get("sale", sale=sale.public_id)
    assert texts(page, ".till-earned strong") == ["+12 points", "+1 stamp"]
    assert words(page).count("\u22122 points") == 1


def test_the_list_tells_of_where_it_is_now(till, sale, max_moon):
    move(till, sale, max_moon.account)
    assert texts(till.get(), ".till-what strong") == ["Max M."]


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


def test_a_cashier_moves_for_some_minutes(world, till, sale, max_moon):
    late(sale, world.business.undo_minutes + 1)
    before = rows()
    assert till.url("move-find", sale=sale.public_id) not in links(till.get("sale", sale=sale.public_id))
    page = move(till, sale, max_moon.account)
    assert (page.status_code, rows()) == (422, before)
    assert "The minutes in which you can move it are over." in words(page)


def test_a_manager_moves_at_any_time(world, till, sale, max_moon):
    late(sale, world.business.undo_minutes + 1)
    move(Till(world, world.manager), sale, max_moon.account)
    assert points(max_moon) == 12


def test_nobody_moves_to_the_own_membership(world, till, sale):
    own = enrol(world, "Cleo", world.cashier.email)
    page = move(till, sale, own.account)
    assert (page.status_code, has_summary(page), points(own)) == (403, True, 0)


def test_nobody_moves_from_the_own_membership(world, till, sale):
    Member.objects.filter(pk=world.member.pk).update(email=world.cashier.email)
    other = enrol(world, "Zoe", "zoe@example.com")
    page = move(till, sale, other.account)
    assert (page.status_code, has_summary(page), points(other)) == (403, True, 0)


def test_it_is_not_moved_to_where_it_is(world, till, sale):
    before = rows()
    page = move(till, sale, world.member.account)
    assert (page.status_code, rows()) == (422, before)
    assert "It is recorded for this customer already." in words(page)


def test_of_what_was_undone_there_is_nothing_to_move(world, till, sale, max_moon):
    counter.undo_sale(sale=sale, by=world.at_counter(), at=timezone.now())
    page = move(till, sale, max_moon.account)
    assert (page.status_code, points(max_moon)) == (422, 0)
    assert "there is nothing to move" in words(page)


def test_what_was_never_moved_is_not_moved_back(till, sale):
    assert till.client.post(till.url("move-back", sale=sale.public_id)).status_code == 404


def test_what_was_spent_is_owed_by_the_wrong_one(world, till, max_moon):
    till.book("50")
    redemptions.redeem(reward=world.reward, account=world.member.account, key="k", by=world.at_counter(), at=NOW)
    sale = Sale.objects.get()
    page = till.get("move", sale=sale.public_id, account=max_moon.account.public_id)
    assert any("50 points owed" in change for change in texts(page, ".move-sum"))
    move(till, sale, max_moon.account)
    assert world.member.account.balances.get(unit=world.points).owed == 50


class TestTheCapOfADay:
    @pytest.fixture
    def walk_in(self, world, till) -> Sale:
        """20.00 of nobody, where a customer may buy for 15.00 a day."""
        Business.objects.filter(pk=world.business.pk).update(day_cap=1500)
        till.post("walk-in", {"key": uuid4(), "amount": "20"})
        return Sale.objects.get()

    def test_a_cashier_does_not_get_round_it(self, world, till, walk_in, max_moon):
        before = rows()
        response = move(till, walk_in, max_moon.account)
        assert (response.status_code, has_summary(response), rows()) == (422, True, before)

    def test_it_is_said_before(self, till, walk_in, max_moon):
        url = till.url("move", sale=walk_in.public_id, account=max_moon.account.public_id)
        assert till.client.get(url).status_code == 422

    def test_a_manager_may(self, world, walk_in, max_moon):
        move(Till(world, world.manager), walk_in, max_moon.account)
        assert points(max_moon) == 20

    def test_without_the_check_a_cashier_would(self, till, walk_in, max_moon, monkeypatch):
        monkeypatch.setattr(moving, "_check_cap", lambda sale, target, by: None)
        move(till, walk_in, max_moon.account)
        assert points(max_moon) == 20
