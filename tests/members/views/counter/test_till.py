"""A shared till: who serves, who took over, what that one may do, and what the device may not."""

import pytest
from django.urls import reverse

from loyalty.domain import staff
from loyalty.domain.actors import Actor
from loyalty.models import AuditEvent, Business, Channel, Role, Sale, StaffRole
from members.models import Member, ViewLog
from members.views.counter import guard
from tests.members.counter import HTMX, Till, rows, words
from tests.pages import refused, select, texts
from tests.world import NOW, make_user

PIN, OWNER_PIN = "4831", "7264"


def set_pin(role: StaffRole, pin: str) -> None:
    staff.set_pin(staff=role, pin=pin, by=Actor(Channel.CONSOLE, role.user, role), at=NOW)


@pytest.fixture
def shared(till: Till) -> Till:
    """The owner's log-in on the shop's tablet; Cleo and the owner have PINs."""
    set_pin(till.world.cashier_role, PIN)
    set_pin(till.world.owner_role, OWNER_PIN)
    return Till(till.world, till.world.owner)


def console(till: Till) -> int:
    return till.client.get(reverse("loyalty:team", kwargs={"business": till.world.business.slug})).status_code


def serves(till: Till) -> str:
    """Return who serves, as every page of the till says it."""
    [who] = texts(till.get(), "a.till-who")
    return who.split()[-1]


class TestTakingOver:
    def test_who_took_over_serves(self, shared: Till):
        assert serves(shared) == "Olga"
        assert shared.take_over(PIN).url == shared.url()
        assert serves(shared) == "Cleo"

    def test_who_took_over_is_named_in_the_books(self, shared: Till):
        shared.take_over(PIN)
        shared.book()
        assert Sale.objects.get().staff == shared.world.cashier_role
        event = AuditEvent.objects.get(verb="sale.recorded")
        assert (event.staff, event.user) == (shared.world.cashier_role, shared.world.owner)

    def test_what_that_one_looked_at_is_noted_to_that_one(self, shared: Till):
        shared.take_over(PIN)
        shared.get("member", account=shared.world.member.account.public_id)
        assert ViewLog.objects.get().user == shared.world.cashier

    def test_a_cashier_on_the_owners_device_is_a_cashier(self, shared: Till, clock):
        shared.book()
        sale = Sale.objects.get()
        clock.shift(3600)
        shared.take_over(PIN)
        assert shared.post("sale-undo", sale=sale.public_id).status_code == 422
        shared.take_over(OWNER_PIN)
        assert shared.post("sale-undo", sale=sale.public_id).status_code == 302

    def test_an_owner_on_a_cashiers_device_is_an_owner_at_the_till_only(self, till: Till, clock):
        set_pin(till.world.owner_role, OWNER_PIN)
        till.book()
        clock.shift(3600)
        till.take_over(OWNER_PIN)
        assert console(till) == 403
        assert till.post("sale-undo", sale=Sale.objects.get().public_id).status_code == 302

    def test_nobody_serves_themselves_whoever_is_signed_in(self, shared: Till):
        Member.objects.filter(pk=shared.world.member.pk).update(user=shared.world.cashier)
        shared.take_over(PIN)
        assert shared.book().status_code == 403
        shared.take_over(OWNER_PIN)
        assert shared.book().status_code == 302

    def test_the_way_back_leads_to_where_one_was(self, shared: Till):
        place = shared.url("walk-in")
        assert shared.post("till", {"pin": PIN, "next": place}).url == place

    @pytest.mark.parametrize("place", ["https://evil.example/", "//evil.example/counter/luna/", "/console/luna/", "x"])
    def test_and_nowhere_else(self, shared: Till, place):
        assert shared.post("till", {"pin": PIN, "next": place}).url == shared.url()


class TestTheDevice:
    def test_it_opens_no_console_while_somebody_else_serves(self, shared: Till):
        assert console(shared) == 200
        shared.take_over(PIN)
        assert console(shared) == 403
        shared.take_over(OWNER_PIN)
        assert console(shared) == 200

    def test_nor_while_it_is_locked(self, shared: Till):
        shared.post("lock")
        assert console(shared) == 403

    def test_without_the_guard_it_would(self, shared: Till, monkeypatch):
        monkeypatch.setattr("loyalty.web.shared_till", lambda request: None)
        monkeypatch.setattr("config.till_pages._state_now", lambda request, now: None)
        shared.take_over(PIN)
        assert console(shared) == 200

    def test_it_is_the_till_of_one_business(self, shared: Till):
        world = shared.world
        staff.add(business=world.other_business, user=world.owner, role=Role.CASHIER, by=world.at_console(), at=NOW)
        other = reverse("members:counter-home", kwargs={"business": world.other_business.slug})
        other_pin = reverse("members:counter-till", kwargs={"business": world.other_business.slug})
        assert shared.client.get(other).status_code == 200
        shared.take_over(PIN)
        assert shared.client.get(other).status_code == 403
        assert shared.client.get(other_pin).status_code == 403

    def test_signing_out_ends_it(self, shared: Till):
        shared.take_over(PIN)
        shared.client.logout()
        shared.client.force_login(shared.world.owner)
        assert console(shared) == 200


class TestLeftAlone:
    """Ten minutes without use lock a till; the owner may choose other minutes."""

    def is_locked(self, till: Till) -> bool:
        return till.get("till").context["locked"]

    def test_it_locks_itself_at_the_second(self, shared: Till, clock):
        shared.take_over(PIN)
        clock.shift(599)
        assert shared.get().status_code == 200
        clock.shift(599)
        assert shared.get().status_code == 200
        clock.shift(600)
        assert shared.get().url.startswith(shared.url("till"))
        assert self.is_locked(shared)

    def test_after_the_minutes_of_the_business(self, shared: Till, clock):
        Business.objects.update(till_lock_minutes=1)
        shared.take_over(PIN)
        clock.shift(59)
        assert not self.is_locked(shared)
        clock.shift(1)
        assert self.is_locked(shared)

    def test_it_books_nothing_then(self, shared: Till, clock):
        shared.take_over(PIN)
        clock.shift(600)
        before = rows()
        assert shared.book().url == shared.url("till")
        assert rows() == before

    def test_looking_at_the_pin_page_is_no_use(self, shared: Till, clock):
        shared.take_over(PIN)
        for _ in range(3):
            clock.shift(200)
            shared.get("till")
        assert self.is_locked(shared)

    def test_a_form_that_is_typed_keeps_it_open(self, shared: Till, clock):
        shared.take_over(PIN)
        for _ in range(3):
            clock.shift(599)
            assert shared.post("in-use").status_code == 204
        assert shared.get().status_code == 200

    def test_what_is_locked_is_not_kept_open(self, shared: Till, clock):
        shared.take_over(PIN)
        clock.shift(600)
        assert shared.post("in-use").url == shared.url("till")
        assert self.is_locked(shared)

    def test_a_log_in_that_took_its_till_back_is_locked_like_the_others(self, shared: Till, clock):
        shared.take_over(PIN)
        shared.take_over(OWNER_PIN)
        clock.shift(599)
        assert console(shared) == 200
        clock.shift(600)
        assert console(shared) == 403
        assert self.is_locked(shared)

    def test_a_log_in_that_was_never_shared_is_not(self, shared: Till, clock):
        clock.shift(7000)
        assert shared.get().status_code == 200
        assert console(shared) == 200

    def test_a_till_that_nobody_could_open_goes_on_and_says_so(self, shared: Till, clock):
        shared.take_over(PIN)
        shared.get()
        for role in (shared.world.cashier_role, shared.world.owner_role):
            staff.reset_pin(staff=role, by=shared.world.at_console(), at=NOW)
        clock.shift(600)
        page = shared.get()
        assert page.status_code == 200
        assert [message.level_tag for message in page.context["messages"]] == ["error"]
        clock.shift(599)
        assert [*shared.get().context["messages"]] == []

    def test_without_noticing_use_it_would_lock_a_busy_till(self, shared: Till, clock, monkeypatch):
        monkeypatch.setattr("config.sessions._is_use", lambda request, match: False)
        shared.take_over(PIN)
        clock.shift(400)
        shared.get()
        clock.shift(400)
        assert self.is_locked(shared)

    def test_the_page_knows_when(self, shared: Till):
        assert not select(shared.get(), "[data-lock-after]")
        shared.take_over(PIN)
        [till] = select(shared.get(), "[data-lock-after]")
        assert (till["data-lock-after"], till["data-lock-url"]) == ("600", shared.url("till"))
        shared.post("lock")
        assert not select(shared.get("till"), "[data-lock-after]")

    def test_a_till_of_an_earlier_release_goes_on(self, shared: Till, clock):
        shared.take_over(PIN)
        session = shared.client.session
        session["till"] = {"business": shared.world.business.pk, "staff": shared.world.cashier_role.pk}
        session.save()
        clock.shift(100_000)
        assert shared.get().status_code == 200
        clock.shift(600)
        assert self.is_locked(shared)


class TestASlowRequest:
    """One that began before the till was locked, and ends after it."""

    @pytest.fixture
    def slow(self, shared: Till, monkeypatch) -> Till:
        """A till that another tab locks while it looks up who serves."""
        shared.take_over(PIN)
        shared.get()
        tab = Till(shared.world, shared.world.owner)
        tab.client.cookies = shared.client.cookies
        asked = guard.serving

        def lock_meanwhile(*who: object) -> StaffRole | None:
            monkeypatch.setattr(guard, "serving", asked)
            tab.post("lock")
            return asked(*who)

        monkeypatch.setattr(guard, "serving", lock_meanwhile)
        return shared

    def test_does_not_undo_the_lock(self, slow: Till, clock):
        clock.shift(60)
        assert slow.get().status_code == 200
        assert slow.get().url.startswith(slow.url("till"))

    def test_would_if_it_noted_its_use_in_the_session(self, slow: Till, clock, monkeypatch):
        monkeypatch.setattr("loyalty.last_use.note", lambda request, *_: setattr(request.session, "modified", True))
        clock.shift(60)
        assert slow.get().status_code == 200
        assert slow.get().status_code == 200


class TestLocking:
    def test_a_locked_till_says_so(self, shared: Till):
        assert shared.post("lock").url == shared.url("till")
        assert texts(shared.get("till"), "h1") == ["The till is locked"]

    def test_a_locked_till_asks_for_a_pin_and_goes_on_after_it(self, shared: Till):
        shared.post("lock")
        response = shared.get("walk-in")
        assert (response.status_code, response.url) == (
            302,
            shared.url("till") + "?next=%2Fcounter%2Fluna%2Fwalk-in%2F",
        )
        shared.take_over(PIN)
        assert shared.get().status_code == 200

    def test_a_locked_till_books_nothing(self, shared: Till):
        shared.post("lock")
        before = rows()
        assert shared.book().url == shared.url("till")
        assert rows() == before

    def test_a_part_of_a_page_sends_the_whole_page_there(self, shared: Till):
        shared.post("lock")
        response = shared.client.post(shared.url(), {"q": "mia"}, headers=HTMX)
        assert response.headers["HX-Redirect"] == shared.url("till")

    def test_a_till_that_nobody_could_open_stays_open(self, till: Till):
        assert till.post("lock").url == till.url()
        assert "Nobody has a PIN yet" in words(till.get())

    def test_who_leaves_serves_no_more_at_the_next_request(self, shared: Till):
        shared.take_over(PIN)
        staff.remove(staff=shared.world.cashier_role, by=shared.world.at_console(), at=NOW)
        assert shared.get().url.startswith(shared.url("till"))
        assert shared.get("till").context["locked"]

    def test_whose_pin_is_taken_away_serves_until_somebody_else_does(self, shared: Till):
        shared.take_over(PIN)
        staff.reset_pin(staff=shared.world.cashier_role, by=shared.world.at_console(), at=NOW)
        assert shared.get().status_code == 200

    def test_a_change_of_role_holds_at_the_next_request(self, shared: Till, clock):
        shared.book()
        clock.shift(3600)
        shared.take_over(PIN)
        staff.change_role(staff=shared.world.cashier_role, role=Role.MANAGER, by=shared.world.at_console(), at=NOW)
        assert shared.post("sale-undo", sale=Sale.objects.get().public_id).status_code == 302


class TestWrongPins:
    @pytest.mark.parametrize(("pin", "code"), [("", "required"), ("1" * 9, "max_length")])
    def test_what_is_no_pin_is_refused_without_a_try(self, shared: Till, pin, code):
        before = rows()
        response = shared.take_over(pin)
        assert (response.status_code, refused(response), rows()) == (422, {"pin": [code]}, before)

    def test_each_try_tells_how_many_are_left(self, shared: Till):
        for left in ("4 tries are left", "3 tries are left", "2 tries are left", "1 try is left", "0 tries are left"):
            assert f"Nobody has this PIN. {left}." in words(shared.take_over("9999"))

    @pytest.fixture
    def tried(self, shared: Till) -> Till:
        """A till at which all five tries were wrong."""
        for _ in range(5):
            shared.take_over("9999")
        return shared

    def test_after_five_tries_comes_a_pause(self, tried: Till, clock):
        response = tried.take_over(PIN)
        assert (response.status_code, serves(tried)) == (429, "Olga")
        assert "Too many wrong PINs. Wait 5 minutes." in words(response)
        clock.shift(300)
        assert tried.take_over(PIN).status_code == 302

    def test_another_session_of_the_same_log_in_has_no_more_tries(self, tried: Till):
        assert Till(tried.world, tried.world.owner).take_over(PIN).status_code == 429

    def test_the_pin_of_another_business_is_nobodys(self, shared: Till):
        role = shared.world.other_business.staff.get()
        set_pin(role, "5927")
        assert shared.take_over("5927").status_code == 422

    def test_a_pin_never_comes_back(self, shared: Till):
        page = shared.take_over("9183")
        assert "9183" not in words(page)
        assert '"9183"' not in page.content.decode()


def test_a_stranger_learns_nothing_of_the_till(till: Till):
    assert Till(till.world, make_user("zed")).take_over(PIN).status_code == 404
