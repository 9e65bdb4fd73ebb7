from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from loyalty import letters
from loyalty.domain import invitations, staff
from loyalty.domain.actors import Actor
from loyalty.domain.outbox import Letter
from loyalty.models import AuditEvent, Channel, Invitation, Location, OutboxMessage, Role, StaffRole
from tests.world import NOW, World, make_user

pytestmark = pytest.mark.django_db
TEAM, ME = "/console/luna/team/", "/console/luna/me/"


@pytest.fixture
def owner(client: Client, world: World) -> Client:
    """The owner's browser."""
    client.force_login(world.owner)
    return client


def address(name: str, **kwargs: Any) -> str:
    return reverse(f"loyalty:{name}", kwargs={"business": "luna", **kwargs})


def invite(world: World, email: str = "new@example.com", role: Role = Role.CASHIER) -> Invitation:
    return invitations.invite(
        business=world.business, email=email, role=role, write=lambda *_: Letter("x"), by=world.at_console(),
        at=timezone.now() - timedelta(hours=1),
    )  # fmt: skip


def acts(world: World) -> int:
    return AuditEvent.objects.filter(business=world.business, verb__startswith="staff.").count()


def test_the_team_is_shown_with_what_each_may(owner: Client, world: World) -> None:
    invite(world)
    page = owner.get(TEAM).content.decode()
    for shown in ("Olga", "(you)", "Max", "Cleo", "cleo@example.com", "new@example.com", "No PIN"):
        assert shown in page
    assert "Ray" not in page
    assert page.count("No second factor") == 2  # owner and manager; a cashier is not asked
    assert address("person", person=world.manager_role.public_id) in page


def test_a_manager_is_offered_cashiers_only(client: Client, world: World) -> None:
    invite(world, role=Role.MANAGER)
    client.force_login(world.manager)
    page = client.get(TEAM).content.decode()
    assert address("person", person=world.cashier_role.public_id) in page
    assert address("person", person=world.owner_role.public_id) not in page
    assert ('value="cashier"' in page, 'value="manager"' in page, 'value="owner"' in page) == (True, False, False)
    assert ("new@example.com" in page, "Withdraw" in page) == (True, False)


@pytest.mark.parametrize("more", [0, 2])
def test_the_page_asks_the_same_however_large_the_team(
    owner: Client, world: World, more: int, django_assert_num_queries: Any
) -> None:
    for number in range(more):
        staff.add(
            business=world.business, user=make_user(f"p{number}"), role=Role.CASHIER, by=world.at_console(), at=NOW
        )
        invite(world, f"i{number}@example.com")
    with django_assert_num_queries(5):
        owner.get(TEAM)


def test_inviting_queues_a_mail_with_a_link_that_works(owner: Client, world: World, settings: Any) -> None:
    settings.BASE_URL = "https://club.example"
    answer = owner.post(address("team-invite"), {"email": "New@Example.com", "role": "manager"}, follow=True)
    assert "The invitation to New@Example.com is on its way." in answer.content.decode()
    mail = OutboxMessage.objects.get()
    assert (mail.recipient, mail.subject) == ("new@example.com", "Café Luna invites you to the team")
    link = next(line for line in mail.body.splitlines() if line.startswith("https://"))
    assert link.startswith("https://club.example/invitations/")
    assert (link in mail.html, "as Manager" in mail.body, "Olga" in mail.body) == (True, True, True)
    assert Client().get(link.removeprefix("https://club.example")).status_code == 200


def test_the_mail_speaks_the_language_of_the_business_and_escapes(world: World) -> None:
    world.business.language, world.business.name = "hu", "A & <B>"
    letter = letters.invitation(invite(world), "token")
    assert ("A & <B>" in letter.subject, "A & <B>" in letter.body, "A &amp; &lt;B&gt;" in letter.html) == (True,) * 3
    assert 'lang="hu"' in letter.html


@pytest.mark.parametrize(
    ("email", "role", "words"),
    [
        ("", "cashier", "Enter an e-mail address."),
        ("nobody", "cashier", "Enter an e-mail address like name@example.com."),
        ("x" * 250 + "@a.io", "cashier", "The e-mail address is too long."),
        ("a@example.com", "", "Choose a role."),
        ("a@example.com", "owner", "Choose one of the roles."),
        ("a@example.com", "king", "Choose one of the roles."),
        ("Cleo@example.com", "cashier", "Somebody with this address works here already."),
        ("open@example.com", "cashier", "This address is invited already."),
        ("a@example.com\nBcc: b@example.com", "cashier", "Enter an e-mail address like name@example.com."),
    ],
)
def test_a_refused_invitation_is_explained(owner: Client, world: World, email: str, role: str, words: str) -> None:
    invite(world, "open@example.com")
    before = acts(world)
    answer = owner.post(address("team-invite"), {"email": email, "role": role})
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert (Invitation.objects.count(), OutboxMessage.objects.count(), acts(world)) == (1, 1, before)


def test_an_invitation_is_sent_again_and_withdrawn(owner: Client, world: World) -> None:
    row = invite(world)
    again = owner.post(address("invitation-resend", invitation=row.public_id), follow=True).content.decode()
    assert ("on its way again" in again, OutboxMessage.objects.count()) == (True, 2)
    twice = owner.post(address("invitation-resend", invitation=row.public_id))
    assert (twice.status_code, "Try again later" in twice.content.decode()) == (422, True)
    gone = owner.post(address("invitation-withdraw", invitation=row.public_id), follow=True).content.decode()
    assert ("is withdrawn" in gone, Invitation.objects.get().withdrawn_at is None) == (True, False)
    late = owner.post(address("invitation-withdraw", invitation=row.public_id))
    assert (late.status_code, "used or withdrawn in the meantime" in late.content.decode()) == (422, True)


def test_a_manager_does_not_touch_the_invitation_of_a_manager(client: Client, world: World) -> None:
    row = invite(world, role=Role.MANAGER)
    client.force_login(world.manager)
    for name in ("invitation-resend", "invitation-withdraw"):
        assert client.post(address(name, invitation=row.public_id)).status_code == 403
    assert (Invitation.objects.get().withdrawn_at, OutboxMessage.objects.count()) == (None, 1)


def test_an_invitation_of_another_business_is_not_found(owner: Client, world: World) -> None:
    elsewhere = StaffRole.objects.get(business=world.other_business)
    row = invitations.invite(
        business=world.other_business, email="x@example.com", role=Role.CASHIER, write=lambda *_: Letter("x"),
        by=Actor(Channel.CONSOLE, elsewhere.user, elsewhere), at=NOW,
    )  # fmt: skip
    for name in ("invitation-resend", "invitation-withdraw"):
        assert owner.post(address(name, invitation=row.public_id)).status_code == 404


def test_somebody_is_renamed_moved_promoted_and_removed(owner: Client, world: World) -> None:
    cleo = {"person": world.cashier_role.public_id}
    shop = Location.objects.get(business=world.business)
    assert owner.post(address("person", **cleo), {"display_name": "C. K.", "location": shop.public_id}).url == TEAM
    row = StaffRole.objects.get(pk=world.cashier_role.pk)
    assert (row.display_name, row.location) == ("C. K.", shop)
    assert 'value="C. K."' in owner.get(address("person", **cleo)).content.decode()
    owner.post(address("person-role", **cleo), {"role": "manager"})
    row.refresh_from_db()
    assert row.role == Role.MANAGER
    owner.post(address("person-remove", **cleo))
    row.refresh_from_db()
    assert row.ended_at is not None
    assert owner.get(address("person", **cleo)).status_code == 404


def test_a_location_of_another_business_cannot_be_chosen(owner: Client, world: World) -> None:
    theirs = Location.objects.get(business=world.other_business)
    answer = owner.post(
        address("person", person=world.cashier_role.public_id), {"display_name": "C", "location": theirs.public_id}
    )
    assert (answer.status_code, "Choose one of the locations." in answer.content.decode()) == (422, True)


def test_a_role_that_is_none_is_refused(owner: Client, world: World) -> None:
    answer = owner.post(address("person-role", person=world.cashier_role.public_id), {"role": "king"})
    assert (answer.status_code, answer.content.decode().count("Choose one of the roles.")) == (422, 2)
    assert StaffRole.objects.get(pk=world.cashier_role.pk).role == Role.CASHIER


def test_whoever_is_removed_is_out_in_the_middle_of_a_session(world: World) -> None:
    till, console = Client(), Client()
    till.force_login(world.cashier)
    console.force_login(world.owner)
    assert till.get(ME).status_code == 200
    console.post(address("person-remove", person=world.cashier_role.public_id))
    assert till.get(ME).status_code == 404
    assert till.post(address("me-pin"), {"pin": "4831", "again": "4831"}).status_code == 404
    assert StaffRole.objects.get(pk=world.cashier_role.pk).pin_digest == ""


def test_an_owner_takes_a_pin_away(owner: Client, world: World) -> None:
    row = StaffRole.objects.get(pk=world.cashier_role.pk)
    staff.set_pin(staff=row, pin="4831", by=Actor(Channel.CONSOLE, row.user, row), at=NOW)
    page = owner.get(address("person", person=row.public_id)).content.decode()
    assert "Take the PIN away" in page
    owner.post(address("person-reset-pin", person=row.public_id))
    row.refresh_from_db()
    assert row.pin_digest == ""
    assert "Take the PIN away" not in owner.get(address("person", person=row.public_id)).content.decode()
