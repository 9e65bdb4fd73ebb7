"""A code by mail as a fresh proof: for its session, log-in and address, a few times; what waits is done once."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from django.urls import reverse

from loyalty.models import AuditEvent, Invitation, OutboxMessage
from tests.pages import links, refused
from tests.plugins.signing_in import let_lapse, show
from tests.step_up.codes import CODE, mailed_code, prove
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga(client: Client, world: World) -> Client:
    """The owner's browser, a quarter of an hour after the log-in."""
    client.force_login(world.owner)
    let_lapse(client)
    return client


def team(world: World) -> str:
    return reverse("loyalty:team", kwargs={"business": world.business.slug})


def invite(client: Client, world: World, email: str = "new@example.com", role: str = "manager") -> str:
    """Ask for an invitation on the page of the team; return where that leads."""
    path = reverse("loyalty:team-invite", kwargs={"business": world.business.slug})
    response = client.post(path, {"email": email, "role": role}, headers={"Referer": f"http://testserver{team(world)}"})
    return str(response.url)


def invited() -> set[str]:
    return set(Invitation.objects.values_list("email", flat=True))


class TestCode:
    def test_it_goes_through_the_outbox_to_the_address_of_the_log_in(self, olga: Client, world: World) -> None:
        olga.post(CODE, {"send": "1"})
        message = OutboxMessage.objects.get()
        assert (message.recipient, message.purpose, message.business) == (world.owner.email, "code.fresh", None)
        assert mailed_code() in message.html

    def test_looking_at_the_page_sends_nothing(self, olga: Client) -> None:
        assert olga.get(CODE).status_code == 200
        assert not OutboxMessage.objects.exists()

    def test_a_wrong_code_is_refused_and_changes_nothing(self, olga: Client, world: World) -> None:
        address = invite(olga, world)
        olga.post(address, {"send": "1"})
        response = olga.post(address, {"code": "AAAA-AAAA"})
        assert response.status_code == 422
        assert refused(response) == {"code": ["incorrect_code"]}
        assert invited() == set()

    def test_after_three_tries_the_right_one_is_refused_too(self, olga: Client, world: World) -> None:
        address = invite(olga, world)
        olga.post(address, {"send": "1"})
        for _each in range(3):
            olga.post(address, {"code": "AAAA-AAAA"})
        assert olga.post(address, {"code": mailed_code()}).status_code == 422
        assert invited() == set()

    def test_twelve_tries_in_an_hour_over_all_codes(self, olga: Client, world: World, settings) -> None:
        settings.ACCOUNT_RATE_LIMITS = False
        address = invite(olga, world)
        for number in range(12):
            if number % 3 == 0:
                olga.post(address, {"send": "1"})
            olga.post(address, {"code": "AAAA-AAAA"})
        olga.post(address, {"send": "1"})
        assert olga.post(address, {"code": mailed_code()}).status_code == 422
        assert invited() == set()

    def test_a_seventh_mail_in_an_hour_is_not_written(self, olga: Client, settings) -> None:
        settings.ACCOUNT_RATE_LIMITS = False
        assert [olga.post(CODE, {"send": "1"}).status_code for _each in range(7)] == [302] * 6 + [429]
        assert OutboxMessage.objects.count() == 6

    def test_it_is_good_in_the_session_only_that_asked_for_it(self, olga: Client, world: World) -> None:
        elsewhere = Client()
        elsewhere.force_login(world.owner)
        let_lapse(elsewhere)
        olga.post(CODE, {"send": "1"})
        address = invite(elsewhere, world)
        assert elsewhere.post(address, {"code": mailed_code()}).status_code == 422
        assert invited() == set()

    def test_it_is_dead_once_the_address_of_the_log_in_is_another(self, olga: Client, world: World) -> None:
        olga.post(CODE, {"send": "1"})
        world.owner.email = "olga@new.example"
        world.owner.save()
        assert olga.post(CODE, {"code": mailed_code()}).status_code == 422

    def test_it_works_once(self, olga: Client, world: World) -> None:
        address = invite(olga, world)
        olga.post(address, {"send": "1"})
        code = mailed_code()
        olga.post(address, {"code": code})
        let_lapse(olga)
        assert olga.post(invite(olga, world, "next@example.com"), {"code": code}).status_code == 422
        assert invited() == {"new@example.com"}

    def test_it_is_dead_after_ten_minutes(self, olga: Client, world: World) -> None:
        address = invite(olga, world)
        olga.post(address, {"send": "1"})
        with time_machine.travel(datetime.now(UTC) + timedelta(seconds=601)):
            assert olga.post(address, {"code": mailed_code()}).status_code == 422
        assert invited() == set()

    def test_a_log_in_with_a_factor_is_asked_for_that_and_no_code_counts(self, client: Client, world: World) -> None:
        TOTP.activate(world.owner, "JBSWY3DPEHPK3PXP")
        client.force_login(world.owner)
        assert invite(client, world).startswith(reverse("mfa_reauthenticate"))
        assert client.post(CODE, {"send": "1"}).url.startswith(reverse("mfa_reauthenticate"))
        assert not OutboxMessage.objects.exists()
        assert invited() == set()


class TestWhatWaits:
    def test_a_cashier_is_invited_without_a_proof(self, olga: Client, world: World) -> None:
        assert invite(olga, world, role="cashier") == team(world)
        assert invited() == {"new@example.com"}

    def test_the_form_is_done_as_it_was_typed_and_signed_by_who_sent_it(self, olga: Client, world: World) -> None:
        assert prove(olga, invite(olga, world)).url == team(world)
        row = Invitation.objects.get()
        assert (row.email, row.role, row.invited_by) == ("new@example.com", "manager", world.owner_role)
        assert AuditEvent.objects.filter(verb="staff.invited", user=world.owner).count() == 1

    def test_the_page_of_the_proof_names_it_and_leads_back(self, olga: Client, world: World) -> None:
        page = olga.get(invite(olga, world))
        assert page.context["waits"]["what"]
        assert team(world) in links(page)

    def test_a_role_that_ended_meanwhile_ends_it(self, client: Client, world: World) -> None:
        client.force_login(world.manager)
        let_lapse(client)
        address = reverse("members:console-account-print", kwargs={
            "business": world.business.slug, "account": world.member.account.public_id,
        })  # fmt: skip
        where = client.get(address).url
        world.business.staff.filter(user=world.manager).update(role="cashier")
        assert client.get(prove(client, where).url).status_code == 403

    def test_what_a_stranger_left_waiting_is_not_done_by_the_next_proof(self, olga: Client, world: World) -> None:
        """Somebody at an open browser asks for a change of address; the owner proves another thing later."""
        change = reverse("account_email")
        olga.post(change, {"action_add": "1", "email": "thief@example.com"})
        address = olga.get(reverse("mfa_activate_totp")).url
        assert prove(olga, address).url == reverse("mfa_activate_totp")
        assert not OutboxMessage.objects.filter(recipient="thief@example.com").exists()
        assert set(EmailAddress.objects.filter(user=world.owner).values_list("email", flat=True)) == {world.owner.email}

    def test_the_proof_of_an_older_page_does_not_do_what_a_newer_one_left(self, olga: Client, world: World) -> None:
        older = invite(olga, world, "first@example.com")
        invite(olga, world, "second@example.com")
        assert prove(olga, older).url.partition("#")[0] == team(world)
        assert invited() == set()

    def test_what_waited_too_long_is_not_done(self, olga: Client, world: World) -> None:
        address = invite(olga, world)
        with time_machine.travel(datetime.now(UTC) + timedelta(seconds=901)):
            assert prove(olga, address).url.partition("#")[0] == team(world)
        assert invited() == set()

    def test_a_form_too_long_to_be_kept_leads_back_to_its_page(self, olga: Client, world: World) -> None:
        where = prove(olga, invite(olga, world, f"{'x' * 20_001}@example.com")).url
        assert where.partition("#")[0] == team(world)
        assert len(str(dict(olga.session))) < 20_000

    def test_a_page_elsewhere_is_not_where_cancel_leads(self, olga: Client, world: World) -> None:
        path = reverse("loyalty:team-invite", kwargs={"business": world.business.slug})
        for page in ("https://evil.example/", "http://[::1", "http://testserver//evil.example/"):
            where = olga.post(path, {"email": "a@b.example", "role": "manager"}, headers={"Referer": page}).url
            assert olga.get(where).context["waits"]["back"] == reverse("loyalty:start")


class TestFresh:
    def test_a_code_lasts_fifteen_minutes(self, client: Client, world: World) -> None:
        client.force_login(world.owner)
        with time_machine.travel(datetime.now(UTC), tick=False):
            show(client, world.owner, ago=899)
            assert invite(client, world) == team(world)
            show(client, world.owner, ago=900)
            assert invite(client, world, "other@example.com").startswith(CODE)

    def test_a_code_that_went_to_another_address_does_not_count(self, client: Client, world: World) -> None:
        client.force_login(world.owner)
        world.owner.email = "olga@new.example"
        world.owner.save()
        assert invite(client, world).startswith(CODE)

    def test_a_newcomer_who_just_typed_the_first_code_is_not_asked_again(self, client: Client) -> None:
        client.post(reverse("account_signup"), {"email": "neo@example.com"})
        code = client.session["account_email_verification_code"]["code"]
        client.post(reverse("account_email_verification_sent"), {"code": code})
        assert client.get(reverse("mfa_activate_totp")).status_code == 200
