"""People of one business at the same moment, on PostgreSQL: the locks hold; without them a business loses its owner."""

from collections import Counter
from datetime import datetime

import pytest

from loyalty.domain import businesses, invitations, staff
from loyalty.domain.actors import Actor
from loyalty.domain.businesses import BusinessDetails, JustOpened, SlugTaken
from loyalty.domain.invitations import AlreadyInvited, InvitationNotOpen
from loyalty.domain.outbox import Letter
from loyalty.domain.staff import LastOwner, NotAllowed, PinTaken
from loyalty.models import Business, Channel, Invitation, Location, OutboxMessage, Role, StaffRole, User
from tests.loyalty.domain.test_ledger_races import race
from tests.world import NOW, World, make_user

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def by(role: StaffRole) -> Actor:
    return Actor(Channel.CONSOLE, role.user, StaffRole.objects.select_related("user", "business").get(pk=role.pk))


def owners(world: World) -> list[StaffRole]:
    """Two owners."""
    staff.change_role(staff=world.manager_role, role=Role.OWNER, by=by(world.owner_role), at=NOW)
    return list(StaffRole.objects.filter(business=world.business, role=Role.OWNER).order_by("pk"))


def running_owners(world: World) -> int:
    return StaffRole.objects.filter(business=world.business, role=Role.OWNER, ended_at=None).count()


def test_two_owners_cannot_both_leave(world: World) -> None:
    pair = owners(world)
    actors = [by(row) for row in pair]
    answers = race(lambda number: staff.remove(staff=pair[number], by=actors[number], at=NOW), threads=2)
    assert Counter(type(answer) for answer in answers) == {StaffRole: 1, LastOwner: 1}
    assert running_owners(world) == 1


def test_two_owners_cannot_remove_each_other(world: World) -> None:
    pair = owners(world)
    actors = [by(row) for row in pair]
    answers = race(lambda number: staff.remove(staff=pair[1 - number], by=actors[number], at=NOW), threads=2)
    assert Counter(type(answer) for answer in answers) == {StaffRole: 1, NotAllowed: 1}
    assert running_owners(world) == 1


def test_without_the_lock_both_would_leave(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    pair = owners(world)
    actors = [by(row) for row in pair]

    def unlocked(business: Business) -> dict[int, StaffRole]:
        rows = list(StaffRole.objects.filter(business=business, ended_at=None).select_related("business"))
        meet()
        return {row.pk: row for row in rows}

    meet = barrier(2)
    monkeypatch.setattr(staff, "_lock_team", unlocked)
    race(lambda number: staff.remove(staff=pair[number], by=actors[number], at=NOW), threads=2)
    assert running_owners(world) == 0


def barrier(parties: int):
    from threading import Barrier

    return Barrier(parties).wait


def test_an_invitation_is_taken_up_once(world: World) -> None:
    row = invite(world)
    actor = Actor(Channel.CONSOLE, make_user("new"))
    answers = race(lambda _: invitations.accept(invitation=row, called="", by=actor, at=NOW), threads=8)
    assert Counter(type(answer) for answer in answers) == {StaffRole: 1, InvitationNotOpen: 7}
    assert StaffRole.objects.filter(user=actor.user).count() == 1


def invite(world: World, at: datetime = NOW) -> Invitation:
    return invitations.invite(
        business=world.business, email="new@example.com", role=Role.CASHIER, write=lambda *_: Letter("x"),
        by=by(world.owner_role), at=at,
    )  # fmt: skip


def test_an_address_is_invited_once(world: World) -> None:
    answers = race(lambda _: invite(world), threads=8)
    assert Counter(type(answer) for answer in answers) == {Invitation: 1, AlreadyInvited: 7}
    assert OutboxMessage.objects.count() == 1


def test_a_pin_goes_to_one_of_two(world: World) -> None:
    pair = [world.manager_role, world.cashier_role]
    actors = [by(row) for row in pair]
    answers = race(lambda n: staff.set_pin(staff=pair[n], pin="4831", by=actors[n], at=NOW), threads=2)
    assert Counter(type(answer) for answer in answers) == {StaffRole: 1, PinTaken: 1}


def details(slug: str) -> BusinessDetails:
    return BusinessDetails("Bar", slug, "EUR", "Europe/Berlin", "en")


def test_an_address_goes_to_one_business(world: World) -> None:
    users = [make_user(f"u{number}") for number in range(8)]
    answers = race(lambda number: open_bar(users[number], "bar"), threads=8)
    assert Counter(type(answer) for answer in answers) == {StaffRole: 1, SlugTaken: 7}
    assert Location.objects.filter(business__slug="bar").count() == 1


def test_a_form_sent_twice_at_once_opens_one_business(world: World) -> None:
    user = make_user("ann")
    answers = race(lambda number: open_bar(user, f"bar-{number}"), threads=4)
    assert Counter(type(answer) for answer in answers) == {StaffRole: 1, JustOpened: 3}
    assert Business.objects.filter(name="Bar").count() == 1


def open_bar(user: User, slug: str) -> StaffRole:
    return businesses.open_business(details=details(slug), by=Actor(Channel.CONSOLE, user), at=NOW)
