from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from loyalty import letters
from loyalty.domain import invitations, staff
from loyalty.domain.actors import Actor
from loyalty.domain.outbox import Letter
from loyalty.models import AuditEvent, Channel, Invitation, Location, OutboxMessage, Role, StaffRole
from tests.pages import actions, alerts, has_summary, links, refused, select, texts, undo_offers, value_of
from tests.world import NOW, World, make_user

pytestmark = pytest.mark.django_db
TEAM, ME = "/console/luna/team/", "/console/luna/me/"


def address(name: str, **kwargs: Any) -> str:
    return reverse(f"loyalty:{name}", kwargs={"business": "luna", **kwargs})


def invite(world: World, email: str = "new@example.com", role: Role = Role.CASHIER) -> Invitation:
    return invitations.invite(
        business=world.business, email=email, role=role, write=lambda *_: Letter("x"), by=world.at_console(),
        at=timezone.now() - timedelta(hours=1),
    )  # fmt: skip


def acts(world: World) -> int:
    return AuditEvent.objects.filter(business=world.business, verb__startswith="staff.").count()


@pytest.mark.parametrize(("name", "role"), [("Olga", "Owner"), ("Max", "Manager"), ("Cleo", "Cashier")])
def test_everybody_of_the_team_is_shown_with_what_they_may(owner: Client, name: str, role: str) -> None:
    rows = texts(owner.get(TEAM), "section[aria-labelledby=people] li")
    (row,) = [row for row in rows if f"{name.lower()}@example.com" in row]
    assert (name in row, role in row, "No PIN" in row) == (True, True, True)


def test_an_owner_reaches_everybody_and_themselves(owner: Client, world: World) -> None:
    people = [link["href"] for link in select(owner.get(TEAM), "section[aria-labelledby=people] a")]
    others = (world.manager_role, world.cashier_role)
    assert sorted(people) == sorted([ME, *(address("person", person=row.public_id) for row in others)])


def test_the_team_of_another_business_is_not_there(owner: Client) -> None:
    assert "Ray" not in owner.get(TEAM).text


def test_a_second_factor_is_missed_of_those_who_are_asked_for_one(owner: Client) -> None:
    rows = texts(owner.get(TEAM), "section[aria-labelledby=people] li")
    assert ["No second factor" in row for row in rows] == ["Cleo" not in row for row in rows]


def test_who_is_invited_is_listed(owner: Client, world: World) -> None:
    invite(world)
    (row,) = texts(owner.get(TEAM), "section[aria-labelledby=invited] li")
    assert "new@example.com" in row


def test_a_manager_reaches_cashiers_only(manager: Client, world: World) -> None:
    page = manager.get(TEAM)
    assert address("person", person=world.cashier_role.public_id) in links(page)
    assert address("person", person=world.owner_role.public_id) not in links(page)


def test_a_manager_invites_cashiers_only(manager: Client) -> None:
    assert [role["value"] for role in select(manager.get(TEAM), "input[name=role]")] == ["cashier"]


def test_a_manager_sees_the_invitation_of_a_manager_and_leaves_it_alone(manager: Client, world: World) -> None:
    row = invite(world, role=Role.MANAGER)
    page = manager.get(TEAM)
    assert "new@example.com" in page.text
    assert address("invitation-withdraw", invitation=row.public_id) not in actions(page)


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
    assert texts(answer, ".toast.success p") == ["The invitation to New@Example.com is on its way."]
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
    ("email", "role", "found"),
    [
        ("", "cashier", {"email": ["required"]}),
        ("nobody", "cashier", {"email": ["invalid"]}),
        ("x" * 250 + "@a.io", "cashier", {"email": ["max_length"]}),
        ("a@example.com", "", {"role": ["required"]}),
        ("a@example.com", "owner", {"role": ["invalid_choice"]}),
        ("a@example.com", "king", {"role": ["invalid_choice"]}),
        ("Cleo@example.com", "cashier", {"email": [""]}),
        ("open@example.com", "cashier", {"email": [""]}),
        ("a@example.com\nBcc: b@example.com", "cashier", {"email": ["invalid"]}),
    ],
)
def test_a_refused_invitation_is_explained_and_mailed_to_nobody(
    owner: Client, world: World, email: str, role: str, found: dict[str, list[str]]
) -> None:
    invite(world, "open@example.com")
    before = acts(world)
    answer = owner.post(address("team-invite"), {"email": email, "role": role})
    assert (answer.status_code, refused(answer), has_summary(answer)) == (422, found, True)
    assert (Invitation.objects.count(), OutboxMessage.objects.count(), acts(world)) == (1, 1, before)


@pytest.mark.parametrize(
    ("email", "said"),
    [
        ("Cleo@example.com", "Somebody with this address works here already."),
        ("open@example.com", "This address is invited already. Send the invitation again from the list below."),
    ],
)
def test_who_is_here_or_invited_is_not_invited_again(owner: Client, world: World, email: str, said: str) -> None:
    invite(world, "open@example.com")
    answer = owner.post(address("team-invite"), {"email": email, "role": "cashier"})
    assert texts(answer, "#id_email_error li") == [said]


def test_an_invitation_is_sent_again(owner: Client, world: World) -> None:
    row = invite(world)
    again = owner.post(address("invitation-resend", invitation=row.public_id), follow=True)
    assert (alerts(again), OutboxMessage.objects.count()) == (["success"], 2)


def test_an_invitation_is_not_sent_again_at_once(owner: Client, world: World) -> None:
    row = invite(world)
    owner.post(address("invitation-resend", invitation=row.public_id))
    twice = owner.post(address("invitation-resend", invitation=row.public_id))
    assert (twice.status_code, OutboxMessage.objects.count()) == (422, 2)
    assert "Try again later" in texts(twice, ".notice.bad")[0]


def test_an_invitation_is_withdrawn_once(owner: Client, world: World) -> None:
    row = invite(world)
    gone = owner.post(address("invitation-withdraw", invitation=row.public_id), follow=True)
    assert (alerts(gone), Invitation.objects.get().withdrawn_at is None) == (["success"], False)
    late = owner.post(address("invitation-withdraw", invitation=row.public_id))
    assert (late.status_code, len(select(late, ".notice.bad"))) == (422, 1)


@pytest.mark.parametrize("name", ["invitation-resend", "invitation-withdraw"])
def test_a_manager_does_not_touch_the_invitation_of_a_manager(manager: Client, world: World, name: str) -> None:
    row = invite(world, role=Role.MANAGER)
    assert manager.post(address(name, invitation=row.public_id)).status_code == 403
    assert (Invitation.objects.get().withdrawn_at, OutboxMessage.objects.count()) == (None, 1)


def test_an_invitation_of_another_business_is_not_found(owner: Client, world: World) -> None:
    elsewhere = StaffRole.objects.get(business=world.other_business)
    row = invitations.invite(
        business=world.other_business, email="x@example.com", role=Role.CASHIER, write=lambda *_: Letter("x"),
        by=Actor(Channel.CONSOLE, elsewhere.user, elsewhere), at=NOW,
    )  # fmt: skip
    for name in ("invitation-resend", "invitation-withdraw"):
        assert owner.post(address(name, invitation=row.public_id)).status_code == 404


def cleo(world: World) -> StaffRole:
    return StaffRole.objects.get(pk=world.cashier_role.pk)


def test_somebody_gets_another_name_and_place(owner: Client, world: World) -> None:
    place = address("person", person=world.cashier_role.public_id)
    shop = Location.objects.get(business=world.business)
    assert owner.post(place, {"display_name": "C. K.", "location": shop.public_id}).url == TEAM
    assert (cleo(world).display_name, cleo(world).location) == ("C. K.", shop)
    assert value_of(owner.get(place), "display_name") == "C. K."


def test_somebody_is_promoted(owner: Client, world: World) -> None:
    owner.post(address("person-role", person=world.cashier_role.public_id), {"role": "manager"})
    assert cleo(world).role == Role.MANAGER


def test_whoever_is_removed_has_no_page_any_more(owner: Client, world: World) -> None:
    person = {"person": world.cashier_role.public_id}
    owner.post(address("person-remove", **person))
    assert cleo(world).ended_at is not None
    assert owner.get(address("person", **person)).status_code == 404


def offered(answer: Any) -> str:
    """The way to undo that the toast after an act offers."""
    (undo,) = undo_offers(answer)
    return undo


def test_a_removal_is_undone_by_the_toast(owner: Client, world: World) -> None:
    removed = owner.post(address("person-remove", person=world.cashier_role.public_id), follow=True)
    assert owner.post(offered(removed)).url == TEAM
    assert (cleo(world).ended_at, cleo(world).role) == (None, Role.CASHIER)


def test_an_hour_after_a_removal_the_person_is_invited_anew(owner: Client, world: World) -> None:
    undo = offered(owner.post(address("person-remove", person=world.cashier_role.public_id), follow=True))
    with time_machine.travel(timezone.now() + timedelta(hours=1, seconds=1)):
        owner.force_login(world.owner)
        assert owner.post(undo).status_code == 422
    assert cleo(world).ended_at is not None


def test_a_change_of_a_role_is_undone_by_the_toast(owner: Client, world: World) -> None:
    changed = owner.post(address("person-role", person=world.cashier_role.public_id), {"role": "manager"}, follow=True)
    assert owner.post(offered(changed)).url == TEAM
    assert cleo(world).role == Role.CASHIER


def test_a_role_that_stays_offers_nothing_to_undo(owner: Client, world: World) -> None:
    same = owner.post(address("person-role", person=world.cashier_role.public_id), {"role": "cashier"}, follow=True)
    assert undo_offers(same) == []


def test_a_location_of_another_business_cannot_be_chosen(owner: Client, world: World) -> None:
    theirs = Location.objects.get(business=world.other_business)
    answer = owner.post(
        address("person", person=world.cashier_role.public_id), {"display_name": "C", "location": theirs.public_id}
    )
    assert (answer.status_code, refused(answer)) == (422, {"location": ["invalid_choice"]})
    assert (cleo(world).display_name, cleo(world).location) == ("Cleo", None)


def test_a_role_that_is_none_is_refused(owner: Client, world: World) -> None:
    answer = owner.post(address("person-role", person=world.cashier_role.public_id), {"role": "king"})
    assert (answer.status_code, refused(answer), has_summary(answer)) == (422, {"role": ["invalid_choice"]}, True)
    assert select(answer, "#id_role_error")
    assert cleo(world).role == Role.CASHIER


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
    row = cleo(world)
    staff.set_pin(staff=row, pin="4831", by=Actor(Channel.CONSOLE, row.user, row), at=NOW)
    place, reset = (address(name, person=row.public_id) for name in ("person", "person-reset-pin"))
    assert reset in actions(owner.get(place))
    owner.post(reset)
    assert cleo(world).pin_digest == ""
    assert reset not in actions(owner.get(place))
