"""A removal from the team is undone within an hour: by whom, of whom, and what it gives back."""

from datetime import timedelta

import pytest

from loyalty.domain import staff
from loyalty.domain.actors import Actor
from loyalty.domain.staff import AlreadyStaff, NotAllowed, TooLate
from loyalty.models import AuditEvent, Channel, Invitation, Role, StaffRole
from loyalty.queries import access
from tests.world import NOW, World

pytestmark = pytest.mark.django_db
GONE_AT = NOW + timedelta(hours=1)
SOON = GONE_AT + timedelta(minutes=5)


def by(role: StaffRole) -> Actor:
    return Actor(Channel.CONSOLE, role.user, StaffRole.objects.select_related("user", "business").get(pk=role.pk))


@pytest.fixture
def gone(world: World) -> StaffRole:
    """The cashier, removed by the owner, with a PIN until then."""
    staff.set_pin(staff=world.cashier_role, pin="4831", by=by(world.cashier_role), at=NOW)
    return staff.remove(staff=world.cashier_role, by=by(world.owner_role), at=GONE_AT)


def is_back(world: World) -> bool:
    return access.role_in(world.business, world.cashier) is not None


@pytest.mark.parametrize("acting", ["owner_role", "manager_role"])
def test_who_reaches_the_role_takes_the_person_back(world: World, gone: StaffRole, acting: str) -> None:
    staff.take_back(staff=gone, by=by(getattr(world, acting)), at=SOON)
    assert access.role_in(world.business, world.cashier).role == Role.CASHIER


def test_it_is_audited(world: World, gone: StaffRole) -> None:
    staff.take_back(staff=gone, by=by(world.owner_role), at=SOON)
    event = AuditEvent.objects.filter(at=SOON).get()
    assert (event.verb, event.object_id) == ("staff.taken_back", str(gone.pk))


def test_the_pin_is_not_given_back(world: World, gone: StaffRole) -> None:
    assert staff.take_back(staff=gone, by=by(world.owner_role), at=SOON).pin_digest == ""


def test_invitations_stay_withdrawn(world: World) -> None:
    row = Invitation.objects.create(
        business=world.business, email="new@example.com", role=Role.CASHIER, token_digest="x",
        invited_by=world.manager_role, invited_at=NOW, expires_at=SOON + timedelta(days=1),
    )  # fmt: skip
    gone = staff.remove(staff=world.manager_role, by=by(world.owner_role), at=GONE_AT)
    staff.take_back(staff=gone, by=by(world.owner_role), at=SOON)
    row.refresh_from_db()
    assert row.withdrawn_at == GONE_AT


def test_a_manager_does_not_take_a_manager_back(world: World) -> None:
    other = staff.add(business=world.business, user=world.member_user, role=Role.MANAGER, by=world.at_console(), at=NOW)
    staff.remove(staff=other, by=by(world.owner_role), at=GONE_AT)
    with pytest.raises(NotAllowed):
        staff.take_back(staff=other, by=by(world.manager_role), at=SOON)
    other.refresh_from_db()
    assert other.ended_at == GONE_AT


def test_nobody_takes_themselves_back(world: World, gone: StaffRole) -> None:
    with pytest.raises(NotAllowed):
        staff.take_back(staff=gone, by=by(gone), at=SOON)
    assert not is_back(world)


@pytest.mark.parametrize(("minutes", "taken"), [(60, True), (61, False)])
def test_the_hour_is_exact(world: World, gone: StaffRole, minutes: int, taken: bool) -> None:
    try:
        staff.take_back(staff=gone, by=by(world.owner_role), at=GONE_AT + timedelta(minutes=minutes))
    except TooLate:
        assert not taken
    assert is_back(world) == taken


def test_who_came_back_in_another_way_has_one_role(world: World, gone: StaffRole) -> None:
    staff.add(business=world.business, user=world.cashier, role=Role.CASHIER, by=world.at_console(), at=SOON)
    with pytest.raises(AlreadyStaff):
        staff.take_back(staff=gone, by=by(world.owner_role), at=SOON)
    assert StaffRole.objects.filter(business=world.business, user=world.cashier, ended_at=None).count() == 1
