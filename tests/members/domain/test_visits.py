"""Recording what a member bought, and never for oneself."""

import pytest

from loyalty.domain.actors import Actor
from loyalty.domain.sale_input import SaleInput
from loyalty.models import Channel, User
from members.domain import enrolment, visits
from members.domain.enrolment import Person
from members.domain.visits import OwnMembership
from members.models import Member, MemberSource
from tests.members.counter import rows
from tests.world import NOW, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(world: World) -> Member:
    """The cashier is a member of the café, too."""
    return enrol(world, world.cashier.email)


def enrol(world: World, email: str) -> Member:
    return enrolment.enrol(
        business=world.business, person=Person(name="Cleo", email=email), source=MemberSource.COUNTER,
        by=world.at_counter(), at=NOW,
    )  # fmt: skip


def record(member: Member, by: Actor) -> None:
    sale = SaleInput(key="k", at=NOW, total=1000, total_before_tax=1000)
    visits.record_visit(member=member, sale=sale, by=by, at=NOW)


@pytest.mark.parametrize("channel", [Channel.COUNTER, Channel.CONSOLE, Channel.API, Channel.IMPORT, Channel.ADMIN])
@pytest.mark.parametrize("claimed", [False, True])
def test_nobody_books_on_the_own_membership_whatever_the_door(world, own, channel, claimed):
    if claimed:
        enrolment.claim(member=own, user=world.cashier, at=NOW, by=Actor(Channel.PORTAL, world.cashier))
        User.objects.filter(pk=world.cashier.pk).update(email="new@example.com")
    before = rows()
    with pytest.raises(OwnMembership):
        record(Member.objects.get(pk=own.pk), Actor(channel, world.cashier, world.cashier_role))
    assert rows() == before


def test_a_colleague_does(world, own):
    record(own, Actor(Channel.COUNTER, world.manager, world.manager_role))
    assert rows()["Sale"] == 1


def test_without_the_check_the_points_would_be_booked(world, own, monkeypatch):
    monkeypatch.setattr(visits, "check_not_own", lambda member, by: None)
    record(own, world.at_counter())
    assert rows()["held"] == 11


def test_who_is_no_staff_books_for_anybody(world):
    record(world.member, Actor(Channel.API))
    assert rows()["Sale"] == 1


def test_people_without_an_address_are_nobody_of_the_staff(world):
    User.objects.filter(pk=world.cashier.pk).update(email="")
    world.cashier_role.refresh_from_db()
    record(enrol(world, ""), world.at_counter())
    assert rows()["Sale"] == 1
