"""Changing the address: the old one is told before the new one counts, and for seven days can put itself back."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from loyalty import log_in_letters as letters
from loyalty.domain import address_changes, users
from loyalty.domain.actors import Actor
from loyalty.domain.address_changes import TooManyChanges
from loyalty.models import AddressChange, AuditEvent, Channel, OutboxMessage, User
from members.models import Member
from tests.pages import refused
from tests.plugins.signing_in import show
from tests.world import World

pytestmark = pytest.mark.django_db
OLD, NEW = "mia@example.com", "mia@new.example"
BACK = (letters.address_back, letters.address_undone)


@pytest.fixture
def mia(client: Client, world: World) -> Client:
    """The browser of a member who just signed in."""
    client.force_login(world.member_user)
    return client


def ask(client: Client, address: str = NEW) -> HttpResponse:
    return client.post(reverse("account_email"), {"action_add": "1", "email": address})


def confirm(client: Client) -> HttpResponse:
    """Type the code that went to the new address."""
    code = client.session["account_email_verification_code"]["code"]
    return client.post(reverse("account_email_verification_sent"), {"code": code})


def told() -> list[tuple[str, str]]:
    """Whom our letters went to, with what they are about, as they come."""
    found = OutboxMessage.objects.filter(purpose__startswith="log_in.address").order_by("pk")
    return [(message.recipient, message.subject) for message in found]


def recipients() -> list[str]:
    return [recipient for recipient, _subject in told()]


def link() -> str:
    """Return the path of the link in the last letter to the old address."""
    letter = OutboxMessage.objects.filter(purpose="log_in.address", recipient=OLD).order_by("pk")
    return re.findall(r"https?://[^/]+(/accounts/undo/\S+)", letter[len(letter) - 1].body)[0]


def addresses(user: User) -> list[tuple[str, bool, bool]]:
    return list(EmailAddress.objects.filter(user=user).values_list("email", "verified", "primary"))


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("mfa_index")).status_code == 200


class TestAsked:
    def test_the_old_address_is_told_before_the_new_one_counts(self, mia: Client, world: World) -> None:
        ask(mia)
        assert recipients() == [OLD]
        assert link().startswith("/accounts/undo/")
        assert addresses(world.member_user) == [(OLD, True, True)]

    def test_the_new_address_does_not_stand_in_the_letter_in_full(self, mia: Client) -> None:
        ask(mia)
        message = OutboxMessage.objects.get(purpose="log_in.address")
        assert NEW not in message.body + message.html
        assert "m***@new.example" in message.body

    def test_the_change_is_audited_without_addresses(self, mia: Client, world: World) -> None:
        ask(mia)
        event = AuditEvent.objects.get(verb="log_in.address_asked")
        assert (event.user, event.data) == (world.member_user, {"change": AddressChange.objects.get().pk})

    def test_a_sixth_change_in_a_day_is_refused_and_tells_nobody(self, mia: Client, settings) -> None:
        settings.ACCOUNT_RATE_LIMITS = False
        for number in range(5):
            ask(mia, f"mia{number}@new.example")
        assert refused(ask(mia)) == {"email": ["too_many"]}
        assert recipients() == [OLD] * 5

    def test_the_domain_refuses_it_as_well(self, world: World) -> None:
        def once_more() -> None:
            by = Actor(Channel.PORTAL, world.member_user)
            address_changes.ask(
                user=world.member_user, address=NEW, write=letters.address_asked, by=by, at=datetime.now(UTC)
            )

        for _each in range(5):
            once_more()
        with pytest.raises(TooManyChanges):
            once_more()
        assert AddressChange.objects.count() == 5


class TestCounting:
    def test_it_counts_and_the_old_address_is_told_how_to_undo_it(self, mia: Client, world: World) -> None:
        ask(mia)
        confirm(mia)
        assert addresses(world.member_user) == [(NEW, True, True)]
        assert recipients() == [OLD, OLD]
        assert AddressChange.objects.get().counted_at

    def test_allauth_writes_no_letter_of_its_own_about_it(self, mia: Client) -> None:
        ask(mia)
        confirm(mia)
        assert not OutboxMessage.objects.filter(purpose="account.email_changed").exists()

    def test_memberships_follow(self, mia: Client, world: World) -> None:
        ask(mia)
        confirm(mia)
        assert Member.objects.get(pk=world.member.pk).email == NEW

    def test_a_change_that_nobody_asked_here_for_is_told_too(self, mia: Client, world: World) -> None:
        """One that was on its way when the release came."""
        ask(mia)
        AddressChange.objects.all().delete()
        confirm(mia)
        assert AddressChange.objects.get().before == OLD
        assert recipients() == [OLD, OLD]

    def test_a_newcomers_first_address_is_no_change(self, client: Client) -> None:
        client.post(reverse("account_signup"), {"email": "neo@example.com"})
        confirm(client)
        assert not AddressChange.objects.exists()
        assert told() == []


class TestStopped:
    def test_looking_at_the_link_changes_nothing(self, mia: Client) -> None:
        ask(mia)
        assert Client().get(link()).status_code == 200
        assert AddressChange.objects.get().undone_at is None
        assert is_signed_in(mia)

    def test_before_it_counts_the_link_stops_it_signed_out(self, mia: Client, world: World) -> None:
        ask(mia)
        stranger = Client()
        assert stranger.post(link()).status_code == 302
        assert not is_signed_in(mia)
        assert addresses(world.member_user) == [(OLD, True, True)]
        assert recipients() == [OLD, OLD, NEW]

    def test_one_on_its_way_that_came_through_all_the_same_is_put_back(
        self, mia: Client, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The request that types the code holds its session when the link is used."""
        monkeypatch.setattr(users, "end_sessions", lambda user: None)
        ask(mia)
        Client().post(link())
        confirm(mia)
        assert addresses(world.member_user) == [(OLD, True, True)]
        assert Member.objects.get(pk=world.member.pk).email == OLD


class TestUndone:
    @pytest.fixture
    def changed(self, mia: Client) -> Client:
        """The browser in which the address was changed."""
        ask(mia)
        confirm(mia)
        return mia

    def test_the_old_address_is_back_and_memberships_with_it(self, changed: Client, world: World) -> None:
        Client().post(link())
        world.member_user.refresh_from_db()
        assert world.member_user.email == OLD
        assert addresses(world.member_user) == [(OLD, True, True)]
        assert Member.objects.get(pk=world.member.pk).email == OLD

    def test_all_sessions_end(self, changed: Client, world: World) -> None:
        elsewhere = Client()
        elsewhere.force_login(User.objects.get(pk=world.member_user.pk))
        Client().post(link())
        assert not is_signed_in(changed)
        assert not is_signed_in(elsewhere)
        assert not UserSession.objects.filter(user=world.member_user).exists()

    def test_twin_without_the_end_of_sessions_the_thief_stays(
        self, changed: Client, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(users, "end_sessions", lambda user: None)
        Client().post(link())
        assert is_signed_in(changed)

    def test_both_addresses_are_told_and_it_is_audited(self, changed: Client, world: World) -> None:
        Client().post(link())
        assert recipients() == [OLD, OLD, OLD, NEW]
        event = AuditEvent.objects.get(verb="log_in.address_undone")
        assert event.data == {"change": AddressChange.objects.get().pk, "factors": 0}

    def test_factors_added_since_then_go_and_older_ones_stay(self, client: Client, world: World) -> None:
        kept = TOTP.activate(world.member_user, "JBSWY3DPEHPK3PXP").instance
        Authenticator.objects.filter(pk=kept.pk).update(created_at=datetime.now(UTC) - timedelta(days=1))
        by, at = Actor(Channel.PORTAL, world.member_user), datetime.now(UTC)
        change = address_changes.ask(
            user=world.member_user, address=NEW, write=letters.address_asked, by=by, at=at
        )  # fmt: skip
        key = Authenticator.objects.create(user=world.member_user, type="webauthn", data={})
        address_changes.undo(change=change, write_back=BACK, by=by, at=at)
        assert list(Authenticator.objects.values_list("pk", flat=True)) == [kept.pk]
        assert key.pk != kept.pk

    def test_the_link_works_once(self, changed: Client, world: World) -> None:
        path = link()
        Client().post(path)
        client = Client()
        client.force_login(User.objects.get(pk=world.member_user.pk))
        assert client.post(path).status_code == 302
        assert is_signed_in(client)
        assert recipients() == [OLD, OLD, OLD, NEW]

    @pytest.mark.parametrize(("seconds", "status", "address"), [(-2, 302, OLD), (2, 410, NEW)])
    def test_it_works_for_seven_days(
        self, changed: Client, world: World, seconds: int, status: int, address: str
    ) -> None:
        path = link()
        until = AddressChange.objects.get().undo_until
        with time_machine.travel(until + timedelta(seconds=seconds), tick=False):
            assert Client().post(path).status_code == status
        assert addresses(world.member_user) == [(address, True, True)]

    def test_a_link_that_somebody_made_up_is_none(self, changed: Client, world: World) -> None:
        change = AddressChange.objects.get()
        for text in (str(change.public_id), f"{change.public_id}:AAAA", "x", link().split("/")[3][:-1]):
            assert Client().post(reverse("loyalty:address-undo", kwargs={"token": text})).status_code == 404
        assert addresses(world.member_user) == [(NEW, True, True)]

    def test_where_another_log_in_has_the_old_address_nothing_is_changed(self, changed: Client, world: World) -> None:
        User.objects.create_user(OLD)
        path = link()
        assert Client().post(path).status_code == 409
        assert addresses(world.member_user) == [(NEW, True, True)]
        assert AddressChange.objects.get().undone_at is None
        assert is_signed_in(changed)

    def test_the_first_of_two_changes_undoes_both_and_the_second_link_is_dead(
        self, changed: Client, world: World
    ) -> None:
        first = link()
        show(changed, User.objects.get(pk=world.member_user.pk))
        ask(changed, "third@new.example")
        confirm(changed)
        second = OutboxMessage.objects.filter(purpose="log_in.address", recipient=NEW).order_by("pk").last()
        Client().post(first)
        assert addresses(world.member_user) == [(OLD, True, True)]
        path = re.findall(r"https?://[^/]+(/accounts/undo/\S+)", second.body)[0]
        Client().post(path)
        assert addresses(world.member_user) == [(OLD, True, True)]

    def test_a_code_that_went_to_the_new_address_lets_nobody_in_afterwards(self, changed: Client) -> None:
        assert not signs_in_after_undo()


def signs_in_after_undo() -> bool:
    """Fetch a code for the new address, put the old one back, and type the code."""
    thief = Client()
    thief.post(reverse("account_request_login_code"), {"email": NEW})
    code = thief.session["account_login"]["state"]["stages"]["login_by_code"]["data"]["code"]
    Client().post(link())
    thief.post(reverse("account_confirm_login_code"), {"code": code})
    return is_signed_in(thief)


def test_what_is_known_of_changes_is_deleted_after_thirty_days(world: World) -> None:
    by, at = Actor(Channel.PORTAL, world.member_user), datetime(2026, 3, 2, tzinfo=UTC)
    address_changes.ask(user=world.member_user, address=NEW, write=letters.address_asked, by=by, at=at)
    assert address_changes.clean(at=at + timedelta(days=30)) == 0
    assert address_changes.clean(at=at + timedelta(days=30, seconds=1)) == 1
