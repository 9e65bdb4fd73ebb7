"""What a shared till answers where a page is closed, what belongs to its business, and when a paired one ends."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.files.base import ContentFile
from django.test import Client, override_settings

from loyalty.domain import shared_tills, staff
from loyalty.models import Role
from tests.members.counter import HTMX
from tests.shared_till import STATES, is_closed, make_till, set_pin, url
from tests.uploads import kept_in
from tests.world import NOW, World

pytestmark = pytest.mark.django_db
MIDDLEWARE = "config.till_pages.SharedTillPages"


@pytest.fixture(params=STATES)
def state(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def till(world: World, state: str) -> Client:
    return make_till(world, state)


class TestTheAnswer:
    PAGES = ("/accounts/email/", "/accounts/2fa/", "/accounts/sessions/", "/businesses/new/", "/my/", "/", "/admin/")

    @pytest.mark.parametrize("path", PAGES)
    def test_leads_back_to_the_counter(self, till: Client, path: str) -> None:
        response = till.get(path)
        assert is_closed(response)
        assert 'href="/counter/luna/"' in response.content.decode()

    def test_is_no_redirect_for_a_part_of_a_page(self, till: Client) -> None:
        response = till.get("/accounts/email/", headers=HTMX)
        assert is_closed(response)
        assert not response.has_header("HX-Redirect")

    def test_is_never_kept_by_the_browser(self, till: Client) -> None:
        for path in ("/accounts/email/", url("members:counter-till"), url("members:counter-home")):
            assert till.get(path).headers["Cache-Control"] == "no-store"

    def test_is_the_same_in_a_second_tab(self, world: World) -> None:
        client = make_till(world, "handed over")
        tab = Client()
        tab.cookies = client.cookies
        client.post(url("members:counter-lock"))
        assert is_closed(tab.get("/accounts/email/"))

    def test_changes_nothing(self, world: World) -> None:
        client = make_till(world, "handed over")
        client.post("/accounts/email/", {"email": "eve@example.com", "action_add": ""})
        assert list(world.owner.emailaddress_set.values_list("email", flat=True)) == ["olga@example.com"]

    @pytest.mark.parametrize("closed", ["handed over", "locked"])
    def test_without_the_middleware_the_log_in_is_given_away(self, world: World, closed: str) -> None:
        others = [each for each in settings.MIDDLEWARE if each != MIDDLEWARE]
        client = Client()
        client.cookies = make_till(world, closed).cookies
        with override_settings(MIDDLEWARE=others):
            for path in ("/accounts/email/", "/accounts/2fa/", "/accounts/sessions/", "/businesses/new/", "/my/"):
                assert client.get(path).status_code == 200

    def test_of_a_page_that_is_missing_is_the_usual_one(self, till: Client) -> None:
        assert till.get("/nothing/at/all/here/").status_code == 404


class TestOfItsBusinessOnly:
    @pytest.fixture
    def till(self, world: World, state: str) -> Client:
        """A till of a log-in that works in the other business, too."""
        staff.add(business=world.other_business, user=world.owner, role=Role.OWNER, by=world.at_console(), at=NOW)
        return make_till(world, state)

    def test_are_counter_theme_manifest_and_icon(self, till: Client) -> None:
        for name in ("members:counter-home", "members:counter-till", "loyalty:theme", "members:manifest"):
            assert is_closed(till.get(url(name, "sol")))
        assert is_closed(till.get("/sol/icon-192.png"))
        assert [till.get(path).status_code for path in ("/luna/theme.css", "/luna/icon-192.png")] == [200, 200]

    def test_are_pictures(self, till: Client, world: World, tmp_path: Path) -> None:
        own, other = f"/media/logos/{'a' * 32}.png", f"/media/logos/{'b' * 32}.png"
        with kept_in(tmp_path, "default"):
            for business, letter in ((world.business, "a"), (world.other_business, "b")):
                business.logo.save(f"{letter * 32}.png", ContentFile(b"png"))
            assert [till.get(path).status_code for path in (own, other)] == [200, 403]
            assert Client().get(other).status_code == 200

    def test_a_file_does_not_vary_with_the_visitor(self, till: Client) -> None:
        assert "Cookie" not in till.get("/luna/theme.css").headers.get("Vary", "")


class TestTheDemo:
    @pytest.mark.parametrize(("demo", "status"), [(True, 200), (False, 403)])
    def test_lets_everybody_be_somebody_else(self, till: Client, demo: bool, status: int) -> None:
        with override_settings(DEMO=demo):
            assert till.get("/demo/").status_code == status
            assert is_closed(till.get("/outbox/"))


class TestWhatIsOver:
    def test_a_log_in_that_was_switched_off_is_gone_from_the_till(self, world: World) -> None:
        client = make_till(world, "handed over")
        world.owner.is_active = False
        world.owner.save()
        assert client.get(url("members:counter-home")).url.startswith("/accounts/login/")
        world.owner.is_active = True
        world.owner.save()
        assert client.get("/accounts/email/").status_code == 302

    def test_a_log_in_that_works_there_no_more_is_gone_from_the_till(self, world: World) -> None:
        set_pin(world.owner_role, "7264")
        till = Client()
        till.force_login(world.cashier)
        till.post(url("members:counter-till"), {"pin": "7264"})
        staff.remove(staff=world.cashier_role, by=world.at_console(), at=NOW)
        assert till.get(url("members:counter-home")).url.startswith("/accounts/login/")
        assert till.get("/accounts/email/").url.startswith("/accounts/login/")

    def test_signing_out_of_a_till_that_was_handed_over(self, world: World) -> None:
        client = make_till(world, "handed over")
        assert client.get("/accounts/logout/").status_code == 200
        client.post("/accounts/logout/")
        assert client.get("/accounts/email/").url.startswith("/accounts/login/")

    def test_a_paired_till_has_no_log_in_to_sign_out(self, world: World) -> None:
        assert is_closed(make_till(world, "paired").post("/accounts/logout/"))


@pytest.fixture
def clock(world: World) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


class TestAPairedTill:
    """Its session, from pairing to its end."""

    @pytest.fixture
    def till(self, world: World, clock: time_machine.Traveller) -> Client:
        return make_till(world, "paired and in use")

    def is_open(self, till: Client) -> bool:
        """Return whether it is still a till of the business, be it locked."""
        return till.get(url("members:counter-till")).status_code == 200

    def test_holds_no_log_in(self, till: Client, world: World) -> None:
        assert "_auth_user_id" not in till.session
        assert set(till.session.keys()) == {"till", "_session_expiry"}

    def test_the_session_from_before_is_worth_nothing(self, world: World, clock: time_machine.Traveller) -> None:
        set_pin(world.cashier_role)
        client = Client()
        client.force_login(world.owner)
        copied = Client()
        copied.cookies["session"] = client.cookies["session"].value
        client.post(url("loyalty:shared-till-pair"), {"name": "Bar tablet"})
        assert copied.get("/accounts/email/").url.startswith("/accounts/login/")

    def test_lasts_90_days(self, till: Client, clock: time_machine.Traveller) -> None:
        clock.move_to(NOW + timedelta(days=90, seconds=-1), tick=False)
        assert self.is_open(till)
        clock.move_to(NOW + timedelta(days=90), tick=False)
        assert till.get(url("members:counter-till")).url.startswith("/accounts/login/")

    def test_a_cookie_that_is_kept_longer_does_not_help(self, till: Client, clock: time_machine.Traveller) -> None:
        session = till.session
        session.set_expiry(10**9)
        session.save()
        clock.move_to(NOW + timedelta(days=90), tick=False)
        assert not self.is_open(till)
        assert "till" not in till.session

    def test_removing_it_ends_it_at_once(self, till: Client, world: World) -> None:
        assert till.get(url("members:counter-home")).status_code == 200
        shared_tills.end(till=world.business.shared_tills.get(), by=world.at_console(), at=NOW)
        assert till.get(url("members:counter-home")).url.startswith("/accounts/login/")
        assert till.get(url("members:counter-till")).url.startswith("/accounts/login/")

    def test_use_is_noted_once_in_five_minutes(self, till: Client, world: World, clock: time_machine.Traveller) -> None:
        def used() -> object:
            till.get(url("members:counter-home"))
            return world.business.shared_tills.get().used_at

        assert used() == NOW
        clock.shift(299)
        assert used() == NOW
        clock.shift(1)
        assert used() == NOW + timedelta(minutes=5)
