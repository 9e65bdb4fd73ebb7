"""How long a log-in lasts: on pages of staff, of members, and at the counter; to the second on each side."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client, override_settings

from loyalty.last_use import last_use
from loyalty.models import User
from tests.world import NOW, World

pytestmark = pytest.mark.django_db
CONSOLE, COUNTER, CARD, ACCOUNT = "/console/luna/team/", "/counter/luna/", "/luna/my/card/", "/accounts/email/"
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def clock(world: World) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def is_open(client: Client, path: str) -> bool:
    """Return whether a page opens; whoever has to sign in is sent there."""
    response = client.get(path)
    assert response.status_code == 200 or response.url.startswith("/accounts/login/")
    return response.status_code == 200


def use_until(client: Client, clock: time_machine.Traveller, path: str, end: timedelta) -> None:
    """Open a page every hour until a moment after NOW."""
    passed = timedelta()
    while passed + HOUR < end:
        passed += HOUR
        clock.move_to(NOW + passed, tick=False)
        assert is_open(client, path)
    clock.move_to(NOW + end, tick=False)


@pytest.mark.parametrize("path", [CONSOLE, ACCOUNT, "/businesses/new/", "/start/"])
class TestStaff:
    def test_two_hours_without_use(self, world: World, clock: time_machine.Traveller, path: str) -> None:
        clock.move_to(NOW + 2 * HOUR - SECOND, tick=False)
        assert is_open(client := signed_in_at(world.owner, NOW), path)
        clock.move_to(NOW + 4 * HOUR - 2 * SECOND, tick=False)
        assert is_open(client, path)
        clock.move_to(NOW + 6 * HOUR - 2 * SECOND, tick=False)
        assert not is_open(client, path)

    def test_twelve_hours_however_busy(self, world: World, clock: time_machine.Traveller, path: str) -> None:
        client = signed_in(world.owner)
        use_until(client, clock, path, 12 * HOUR - SECOND)
        assert is_open(client, path)
        clock.shift(1)
        assert not is_open(client, path)


def signed_in_at(user: User, at: object) -> Client:
    """Return a browser in which somebody signed in at another moment."""
    with time_machine.travel(at, tick=False):
        return signed_in(user)


class TestStaffElsewhere:
    def test_the_counter_keeps_its_log_in_for_30_days(self, world: World, clock: time_machine.Traveller) -> None:
        client = signed_in(world.cashier)
        clock.move_to(NOW + 30 * DAY - SECOND, tick=False)
        assert is_open(client, COUNTER)
        clock.shift(1)
        assert not is_open(client, COUNTER)

    def test_what_ended_is_ended_everywhere(self, world: World, clock: time_machine.Traveller) -> None:
        client = signed_in(world.owner)
        clock.shift(7200)
        assert not is_open(client, CONSOLE)
        assert "_auth_user_id" not in client.session
        assert not is_open(client, COUNTER)

    def test_a_form_that_comes_too_late_changes_nothing(self, world: World, clock: time_machine.Traveller) -> None:
        client = signed_in(world.owner)
        clock.shift(7200)
        response = client.post("/console/luna/settings/locations/", {"name": "Harbour"})
        assert response.url.startswith("/accounts/login/")
        assert world.business.locations.count() == 1

    def test_the_back_office_is_a_page_of_staff(self, world: World, clock: time_machine.Traveller) -> None:
        client = signed_in(world.platform)
        clock.shift(7199)
        client.get("/admin/")
        assert "_auth_user_id" in client.session
        clock.shift(7200)
        client.get("/admin/")
        assert "_auth_user_id" not in client.session

    @override_settings(STAFF_IDLE_MINUTES=30)
    def test_the_idle_limit_is_a_setting(self, world: World, clock: time_machine.Traveller) -> None:
        client = signed_in(world.owner)
        clock.shift(1800)
        assert not is_open(client, CONSOLE)

    def test_a_page_that_polls_is_no_use(self, world: World, clock: time_machine.Traveller) -> None:
        client = signed_in(world.owner)
        clock.shift(60)
        client.get("/console/luna/imports/00000000-0000-4000-8000-000000000000/", headers={"HX-Request": "true"})
        assert settings.LAST_USE_COOKIE_NAME not in client.cookies
        client.get(CONSOLE)
        assert settings.LAST_USE_COOKIE_NAME in client.cookies


class TestMembers:
    @pytest.mark.parametrize("path", [CARD, ACCOUNT, "/my/"])
    def test_thirty_days(self, world: World, clock: time_machine.Traveller, path: str) -> None:
        client = signed_in(world.member_user)
        clock.move_to(NOW + 30 * DAY - SECOND, tick=False)
        assert is_open(client, path)
        clock.shift(1)
        assert not is_open(client, path)

    def test_staff_keep_their_own_cards_as_long(self, world: World, clock: time_machine.Traveller) -> None:
        client = signed_in(world.owner)
        clock.move_to(NOW + 30 * DAY - SECOND, tick=False)
        assert client.get("/my/").status_code == 200


class TestWithoutTheMiddleware:
    def test_a_log_in_would_last(self, world: World, clock: time_machine.Traveller) -> None:
        client = signed_in(world.owner)
        clock.move_to(NOW + 29 * DAY, tick=False)
        others = [each for each in settings.MIDDLEWARE if each != "config.sessions.SessionsEnd"]
        with override_settings(MIDDLEWARE=others):
            assert is_open(client, CONSOLE)


class TestSessionsFromBefore:
    """Those that an earlier release began do not say when."""

    @pytest.fixture
    def client(self, world: World) -> Client:
        client = signed_in(world.owner)
        session = client.session
        del session["signed_in_at"]
        session.save()
        return client

    def test_they_count_from_their_first_request(self, client: Client, clock: time_machine.Traveller) -> None:
        clock.move_to(NOW + 20 * DAY, tick=False)
        assert is_open(client, CONSOLE)
        clock.shift(7199)
        assert is_open(client, CONSOLE)
        clock.shift(7200)
        assert not is_open(client, CONSOLE)

    def test_a_till_goes_on(self, client: Client, clock: time_machine.Traveller) -> None:
        for _day in range(29):
            clock.shift(86_400)
            assert is_open(client, COUNTER)


class TestTheCookie:
    def test_nobody_makes_one(self, world: World, rf: object) -> None:
        client = signed_in(world.owner)
        client.get(CONSOLE)
        request = client.get(CONSOLE).wsgi_request
        assert last_use(request) == int(NOW.timestamp())
        stamp, signature = request.COOKIES[settings.LAST_USE_COOKIE_NAME].split(":")
        for forged in (f"{int(stamp) + 1}:{signature}", stamp, "", "nonsense:x", "\ud800"):
            request.COOKIES[settings.LAST_USE_COOKIE_NAME] = forged
            assert last_use(request) == 0

    def test_that_of_another_session_counts_as_none(self, world: World, clock: time_machine.Traveller) -> None:
        client, other = signed_in(world.owner), signed_in(world.owner)
        clock.shift(3600)
        other.get(CONSOLE)
        client.cookies["used"] = other.cookies["used"].value
        clock.shift(3600)
        assert not is_open(client, CONSOLE)

    def test_asking_the_console_writes_nothing(self, world: World, django_assert_num_queries) -> None:
        client = signed_in(world.owner)
        client.get("/luna/my/")
        with django_assert_num_queries(2):  # the session, the log-in
            client.get("/")
