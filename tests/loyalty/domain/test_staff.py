from datetime import timedelta

import pytest

from loyalty.domain import invitations, staff
from loyalty.domain.actors import SYSTEM, Actor
from loyalty.domain.outbox import Letter
from loyalty.domain.staff import AlreadyStaff, LastOwner, NotAllowed, PinTaken, WeakPin
from loyalty.models import AuditEvent, Channel, Invitation, Location, Role, StaffRole
from loyalty.queries import access
from tests.world import NOW, World, make_user

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def by(role: StaffRole) -> Actor:
    """Somebody of the staff in the console, as the guard would put them on the request."""
    return Actor(Channel.CONSOLE, role.user, StaffRole.objects.select_related("user", "business").get(pk=role.pk))


def verbs(world: World) -> list[str]:
    """What the audit holds of an hour after the world was made."""
    return list(
        AuditEvent.objects.filter(business=world.business, at=LATER).order_by("pk").values_list("verb", flat=True)
    )


def test_who_was_removed_is_out_with_the_next_request(world: World) -> None:
    staff.remove(staff=world.cashier_role, by=by(world.owner_role), at=LATER)
    assert access.role_in(world.business, world.cashier) is None
    world.cashier_role.refresh_from_db()
    assert (world.cashier_role.ended_at, world.cashier_role.pin_digest) == (LATER, "")
    assert verbs(world) == ["staff.removed"]


def test_everybody_may_leave(world: World) -> None:
    staff.remove(staff=world.cashier_role, by=by(world.cashier_role), at=LATER)
    assert access.role_in(world.business, world.cashier) is None
    assert verbs(world) == ["staff.left"]


def test_a_business_keeps_an_owner(world: World) -> None:
    with pytest.raises(LastOwner):
        staff.remove(staff=world.owner_role, by=by(world.owner_role), at=LATER)
    with pytest.raises(LastOwner):
        staff.change_role(staff=world.owner_role, role=Role.CASHIER, by=by(world.owner_role), at=LATER)
    world.owner_role.refresh_from_db()
    assert (world.owner_role.role, world.owner_role.ended_at) == (Role.OWNER, None)
    assert verbs(world) == []


def test_with_two_owners_one_may_leave(world: World) -> None:
    staff.change_role(staff=world.manager_role, role=Role.OWNER, by=by(world.owner_role), at=LATER)
    staff.remove(staff=world.owner_role, by=by(world.owner_role), at=LATER)
    assert verbs(world) == ["staff.role_changed", "staff.left"]
    with pytest.raises(LastOwner):
        staff.remove(staff=world.manager_role, by=by(world.manager_role), at=LATER)


@pytest.mark.parametrize(
    ("acting", "target"),
    [
        ("manager_role", "owner_role"),
        ("cashier_role", "manager_role"),
        ("cashier_role", "owner_role"),
    ],
)
def test_nobody_reaches_up(world: World, acting: str, target: str) -> None:
    actor, somebody = by(getattr(world, acting)), getattr(world, target)
    with pytest.raises(NotAllowed):
        staff.remove(staff=somebody, by=actor, at=LATER)
    with pytest.raises(NotAllowed):
        staff.change_role(staff=somebody, role=Role.CASHIER, by=actor, at=LATER)
    with pytest.raises(NotAllowed):
        staff.change_details(staff=somebody, display_name="X", location=None, by=actor, at=LATER)
    with pytest.raises(NotAllowed):
        staff.reset_pin(staff=somebody, by=actor, at=LATER)
    assert verbs(world) == []


def test_a_manager_reaches_cashiers_and_makes_no_managers(world: World) -> None:
    manager = by(world.manager_role)
    with pytest.raises(NotAllowed):
        staff.change_role(staff=world.cashier_role, role=Role.MANAGER, by=manager, at=LATER)
    with pytest.raises(NotAllowed):
        staff.change_role(staff=world.manager_role, role=Role.OWNER, by=manager, at=LATER)
    staff.remove(staff=world.cashier_role, by=manager, at=LATER)
    assert verbs(world) == ["staff.removed"]


def test_a_role_of_another_business_reaches_nobody(world: World) -> None:
    elsewhere = StaffRole.objects.get(business=world.other_business)
    for act in (staff.remove, staff.reset_pin):
        with pytest.raises(NotAllowed):
            act(staff=world.cashier_role, by=by(elsewhere), at=LATER)
    with pytest.raises(NotAllowed):
        staff.remove(staff=world.cashier_role, by=SYSTEM, at=LATER)
    assert verbs(world) == []


def test_who_was_removed_while_acting_reaches_nobody(world: World) -> None:
    """The actor was read when the request began; the role has ended since."""
    manager = by(world.manager_role)
    staff.remove(staff=world.manager_role, by=by(world.owner_role), at=LATER)
    with pytest.raises(NotAllowed):
        staff.remove(staff=world.cashier_role, by=manager, at=LATER)
    with pytest.raises(NotAllowed):
        staff.remove(staff=world.manager_role, by=manager, at=LATER)
    assert verbs(world) == ["staff.removed"]


def test_what_somebody_removed_had_sent_is_dead(world: World) -> None:
    invitation = invitations.invite(
        business=world.business, email="new@example.com", role=Role.CASHIER, write=lambda *_: Letter("x"),
        by=by(world.manager_role), at=LATER,
    )  # fmt: skip
    staff.remove(staff=world.manager_role, by=by(world.owner_role), at=LATER)
    assert Invitation.objects.get(pk=invitation.pk).withdrawn_at == LATER


def test_the_same_role_again_changes_nothing(world: World) -> None:
    staff.change_role(staff=world.cashier_role, role=Role.CASHIER, by=by(world.owner_role), at=LATER)
    assert verbs(world) == []


def test_everybody_names_themselves(world: World) -> None:
    shop = Location.objects.get(business=world.business)
    changed = staff.change_details(
        staff=world.cashier_role, display_name="Cleo K.", location=shop, by=by(world.cashier_role), at=LATER
    )
    assert (changed.display_name, changed.location) == ("Cleo K.", shop)
    staff.change_details(staff=changed, display_name="Cleo K.", location=shop, by=by(world.cashier_role), at=LATER)
    assert verbs(world) == ["staff.changed"]


def test_a_person_works_in_a_business_once(world: World) -> None:
    with pytest.raises(AlreadyStaff):
        staff.add(business=world.business, user=world.cashier, role=Role.OWNER, by=by(world.owner_role), at=LATER)
    assert StaffRole.objects.get(business=world.business, user=world.cashier).role == Role.CASHIER


def test_who_left_may_come_back(world: World) -> None:
    staff.remove(staff=world.cashier_role, by=by(world.owner_role), at=LATER)
    again = staff.add(
        business=world.business, user=world.cashier, role=Role.MANAGER, by=by(world.owner_role), at=LATER, called="C"
    )
    assert access.role_in(world.business, world.cashier) == again
    assert again.display_name == "C"


def test_a_pin_is_stored_as_a_digest_of_this_business(world: World) -> None:
    staff.set_pin(staff=world.cashier_role, pin="4831", by=by(world.cashier_role), at=LATER)
    world.cashier_role.refresh_from_db()
    assert world.cashier_role.pin_digest == staff.pin_digest(world.business, "4831")
    assert world.cashier_role.pin_digest != staff.pin_digest(world.other_business, "4831")
    assert "4831" not in world.cashier_role.pin_digest
    assert verbs(world) == ["staff.pin_set"]
    assert AuditEvent.objects.get(at=LATER).data == {}


@pytest.mark.parametrize("pin", ["1234", "0000", "12", "123456789", "abcd", "2580", ""])
def test_a_weak_pin_is_refused(world: World, pin: str) -> None:
    with pytest.raises(WeakPin):
        staff.set_pin(staff=world.cashier_role, pin=pin, by=by(world.cashier_role), at=LATER)
    world.cashier_role.refresh_from_db()
    assert world.cashier_role.pin_digest == ""
    assert verbs(world) == []


def test_two_people_of_a_business_have_two_pins(world: World) -> None:
    staff.set_pin(staff=world.cashier_role, pin="4831", by=by(world.cashier_role), at=NOW)
    with pytest.raises(PinTaken):
        staff.set_pin(staff=world.manager_role, pin="4831", by=by(world.manager_role), at=LATER)
    world.manager_role.refresh_from_db()
    assert world.manager_role.pin_digest == ""
    assert verbs(world) == []


def test_a_pin_is_set_by_its_holder_only(world: World) -> None:
    with pytest.raises(NotAllowed):
        staff.set_pin(staff=world.cashier_role, pin="4831", by=by(world.owner_role), at=LATER)


def test_an_owner_takes_a_pin_away(world: World) -> None:
    staff.set_pin(staff=world.cashier_role, pin="4831", by=by(world.cashier_role), at=NOW)
    for _ in range(2):
        staff.reset_pin(staff=world.cashier_role, by=by(world.owner_role), at=LATER)
    world.cashier_role.refresh_from_db()
    assert world.cashier_role.pin_digest == ""
    assert verbs(world) == ["staff.pin_reset"]


def test_without_a_name_the_till_uses_the_address(world: World) -> None:
    nameless = make_user("kim.lee")
    nameless.name = ""
    row = staff.add(business=world.business, user=nameless, role=Role.CASHIER, by=by(world.owner_role), at=LATER)
    assert row.display_name == "kim.lee"
