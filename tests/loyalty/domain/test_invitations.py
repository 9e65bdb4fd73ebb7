from datetime import datetime, timedelta

import pytest

from loyalty.domain import invitations, staff
from loyalty.domain.actors import Actor
from loyalty.domain.invitations import AlreadyInvited, InvitationNotOpen, TooManyLetters
from loyalty.domain.outbox import Letter
from loyalty.domain.staff import AlreadyStaff, NotAllowed
from loyalty.models import AuditEvent, Channel, Invitation, OutboxMessage, Role, StaffRole
from loyalty.queries import team
from loyalty.queries.team import Standing
from tests.world import NOW, World, make_user

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def by(role: StaffRole) -> Actor:
    return Actor(Channel.CONSOLE, role.user, role)


def write(invitation: Invitation, token: str) -> Letter:
    """A mail that holds nothing but the token."""
    return Letter(body=token, subject="Join us", html=f"<p>{token}</p>")


def invite(
    world: World,
    email: str = "new@example.com",
    role: Role = Role.CASHIER,
    *,
    actor: Actor | None = None,
    at: datetime = NOW,
) -> Invitation:
    return invitations.invite(
        business=world.business, email=email, role=role, write=write, by=actor or by(world.owner_role), at=at
    )


def last_token() -> str:
    return OutboxMessage.objects.latest("pk").body


def accept(invitation: Invitation, name: str, at: datetime = NOW) -> StaffRole:
    user = make_user(name)
    return invitations.accept(invitation=invitation, called=name.title(), by=Actor(Channel.CONSOLE, user), at=at)


def count() -> tuple[int, int, int]:
    """How much there is of everything that an invitation writes."""
    return Invitation.objects.count(), OutboxMessage.objects.count(), AuditEvent.objects.count()


def test_an_invitation_is_mailed_and_its_secret_is_not_kept(world: World) -> None:
    invitation = invite(world, " New@Example.com ")
    sent = OutboxMessage.objects.get()
    assert (sent.recipient, sent.subject, sent.purpose) == ("new@example.com", "Join us", "staff.invited")
    assert (sent.business, sent.state, sent.next_attempt_at) == (world.business, "waiting", NOW)
    assert invitation.expires_at == NOW + 7 * DAY
    assert team.invitation_with(sent.body) == invitation
    assert sent.body not in invitation.token_digest
    event = AuditEvent.objects.latest("pk")
    assert (event.verb, event.object_id, event.data) == ("staff.invited", str(invitation.pk), {"role": "cashier"})


def test_an_invitation_is_taken_up_once_by_its_address(world: World) -> None:
    invitation = invite(world, role=Role.MANAGER)
    row = accept(invitation, "new")
    assert (row.business, row.role, row.display_name) == (world.business, Role.MANAGER, "New")
    with pytest.raises(InvitationNotOpen):
        invitations.accept(invitation=invitation, called="", by=Actor(Channel.CONSOLE, row.user), at=NOW)
    assert StaffRole.objects.filter(user=row.user).count() == 1


@pytest.mark.parametrize("name", ["somebody", "newer"])
def test_another_address_cannot_take_it_up(world: World, name: str) -> None:
    invitation = invite(world)
    with pytest.raises(InvitationNotOpen):
        accept(invitation, name)
    assert not StaffRole.objects.filter(user__email=f"{name}@example.com").exists()


def test_it_is_good_for_seven_days(world: World) -> None:
    invitation = invite(world)
    with pytest.raises(InvitationNotOpen):
        accept(invitation, "new", NOW + 7 * DAY)
    assert team.standing(invitation, None, NOW + 7 * DAY) is Standing.EXPIRED
    assert team.standing(invitation, None, NOW + 7 * DAY - MINUTE) is Standing.ANONYMOUS


def test_withdrawn_it_is_dead(world: World) -> None:
    invitation = invite(world)
    invitations.withdraw(invitation=invitation, by=by(world.owner_role), at=NOW)
    with pytest.raises(InvitationNotOpen):
        accept(invitation, "new")
    with pytest.raises(InvitationNotOpen):
        invitations.withdraw(invitation=invitation, by=by(world.owner_role), at=NOW)
    with pytest.raises(InvitationNotOpen):
        invitations.resend(invitation=invitation, write=write, by=by(world.owner_role), at=NOW + DAY)


def test_sent_again_the_old_link_is_dead_and_the_week_begins_anew(world: World) -> None:
    invitation = invite(world)
    old = last_token()
    again = invitations.resend(invitation=invitation, write=write, by=by(world.owner_role), at=NOW + DAY)
    assert again.expires_at == NOW + 8 * DAY
    assert last_token() != old
    assert team.invitation_with(last_token()) == again
    assert not Invitation.objects.filter(token_digest=team.token_digest(old)).exists()


def test_an_invitation_that_ran_out_can_be_sent_again(world: World) -> None:
    invitation = invite(world)
    again = invitations.resend(invitation=invitation, write=write, by=by(world.owner_role), at=NOW + 30 * DAY)
    assert accept(again, "new", NOW + 31 * DAY).role == Role.CASHIER


def test_an_address_is_invited_once_at_a_time(world: World) -> None:
    invite(world)
    before = count()
    with pytest.raises(AlreadyInvited):
        invite(world, "NEW@example.com")
    assert count() == before
    assert invite(world, at=NOW + 7 * DAY).expires_at == NOW + 14 * DAY


def test_who_works_here_is_not_invited(world: World) -> None:
    before = count()
    with pytest.raises(AlreadyStaff):
        invite(world, "Cleo@example.com")
    assert count() == before


def test_who_works_here_by_now_cannot_take_it_up(world: World) -> None:
    invitation = invite(world)
    user = make_user("new")
    staff.add(business=world.business, user=user, role=Role.CASHIER, by=by(world.owner_role), at=NOW)
    with pytest.raises(AlreadyStaff):
        invitations.accept(invitation=invitation, called="", by=Actor(Channel.CONSOLE, user), at=NOW)
    assert Invitation.objects.get().accepted_at is None
    assert team.standing(invitation, user, NOW) is Standing.ALREADY_STAFF


def test_a_manager_invites_cashiers_only(world: World) -> None:
    invite(world, actor=by(world.manager_role))
    before = count()
    for role in (Role.MANAGER, Role.OWNER):
        with pytest.raises(NotAllowed):
            invite(world, "other@example.com", role, actor=by(world.manager_role))
    with pytest.raises(NotAllowed):
        invite(world, "other@example.com", actor=by(world.cashier_role))
    assert count() == before


def test_a_manager_does_not_touch_the_invitation_of_a_manager(world: World) -> None:
    invitation = invite(world, role=Role.MANAGER)
    before = count()
    with pytest.raises(NotAllowed):
        invitations.withdraw(invitation=invitation, by=by(world.manager_role), at=NOW)
    with pytest.raises(NotAllowed):
        invitations.resend(invitation=invitation, write=write, by=by(world.manager_role), at=NOW + DAY)
    assert count() == before


def test_nobody_is_mailed_twice_in_a_minute(world: World) -> None:
    invitation = invite(world)
    before = count()
    with pytest.raises(TooManyLetters):
        invitations.resend(invitation=invitation, write=write, by=by(world.owner_role), at=NOW + MINUTE / 2)
    assert count() == before
    invitations.resend(invitation=invitation, write=write, by=by(world.owner_role), at=NOW + MINUTE)


def test_a_business_mails_a_number_of_invitations_a_day(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitations, "LETTERS_PER_DAY", 2)
    first = invite(world, "one@example.com")
    invitations.resend(invitation=first, write=write, by=by(world.owner_role), at=NOW + MINUTE)
    before = count()
    with pytest.raises(TooManyLetters):
        invite(world, "two@example.com", at=NOW + 2 * MINUTE)
    with pytest.raises(TooManyLetters):
        invitations.resend(invitation=first, write=write, by=by(world.owner_role), at=NOW + 2 * MINUTE)
    assert count() == before
    invite(world, "two@example.com", at=NOW + DAY + 2 * MINUTE)


def test_what_a_link_is_to_whoever_opens_it(world: World) -> None:
    invitation = invite(world)
    user = make_user("new")
    assert team.standing(invitation, None, NOW) is Standing.ANONYMOUS
    assert team.standing(invitation, world.stranger, NOW) is Standing.OTHER_ADDRESS
    assert team.standing(invitation, user, NOW) is Standing.OPEN
    invitations.accept(invitation=invitation, called="", by=Actor(Channel.CONSOLE, user), at=NOW)
    assert team.standing(Invitation.objects.get(), user, NOW) is Standing.USED


def test_what_the_mail_said_is_forgotten_with_the_invitation(world):
    invite(world)
    assert invitations.forget_letters(at=NOW + 7 * DAY) == 0
    assert invitations.forget_letters(at=NOW + 7 * DAY + timedelta(seconds=1)) == 1
    assert OutboxMessage.objects.get().body == ""
