"""A paired till: nobody is signed in; who took over by PIN acts, under the name of the device."""

import pytest
from django.urls import reverse

from loyalty.domain import shared_tills, staff
from loyalty.models import AuditEvent, Channel, Location, Posting, Sale, StaffRole
from members.models import Member, ViewLog
from tests.members.counter import HTMX, Till, rows
from tests.pages import texts
from tests.shared_till import set_pin
from tests.world import NOW, World

PIN, MANAGER_PIN = "4831", "7264"


def pair(world: World, name: str = "Bar tablet", **data: object) -> Till:
    """Return a tablet that the manager has paired."""
    till = Till(world, world.manager)
    path = reverse("loyalty:shared-till-pair", kwargs={"business": world.business.slug})
    assert till.client.post(path, {"name": name, **data}).url == till.url()
    return till


@pytest.fixture
def paired(world: World, clock) -> Till:
    """A paired tablet; Cleo, the cashier, and the manager have PINs."""
    set_pin(world.cashier_role, PIN)
    set_pin(world.manager_role, MANAGER_PIN)
    return pair(world)


class TestWhoActs:
    def test_nobody_does_before_a_pin(self, paired: Till):
        before = rows()
        assert paired.get().url.startswith(paired.url("till"))
        assert paired.book().url == paired.url("till")
        assert paired.client.post(paired.url(), {"q": "mia"}, headers=HTMX).headers["HX-Redirect"] == paired.url("till")
        assert rows() == before

    def test_who_took_over_does(self, paired: Till):
        assert paired.take_over(PIN).url == paired.url()
        assert paired.book().status_code == 302
        posting = Posting.objects.get()
        assert (posting.staff, posting.device) == (paired.world.cashier_role, "Bar tablet")
        event = AuditEvent.objects.get(verb="sale.recorded")
        assert (event.staff, event.user, event.channel) == (
            paired.world.cashier_role, paired.world.cashier, Channel.COUNTER,
        )  # fmt: skip

    def test_taking_over_is_noted_to_that_one(self, paired: Till):
        paired.take_over(PIN)
        event = AuditEvent.objects.get(verb="till.taken_over")
        assert (event.staff, event.user) == (paired.world.cashier_role, paired.world.cashier)

    def test_what_that_one_looked_at_is_noted(self, paired: Till):
        paired.take_over(PIN)
        assert paired.customer().status_code == 200
        assert ViewLog.objects.get().user == paired.world.cashier

    def test_nobody_serves_themselves(self, paired: Till):
        Member.objects.filter(pk=paired.world.member.pk).update(user=paired.world.cashier)
        paired.take_over(PIN)
        assert paired.book().status_code == 403

    def test_the_role_of_who_serves_counts(self, paired: Till, clock):
        paired.take_over(PIN)
        paired.book()
        clock.shift(3600)
        paired.take_over(PIN)
        assert paired.post("sale-undo", sale=Sale.objects.get().public_id).status_code == 422
        paired.take_over(MANAGER_PIN)
        assert paired.post("sale-undo", sale=Sale.objects.get().public_id).status_code == 302

    def test_who_leaves_serves_no_more_at_the_next_request(self, paired: Till):
        paired.take_over(PIN)
        staff.remove(staff=paired.world.cashier_role, by=paired.world.at_console(), at=NOW)
        assert paired.get().url.startswith(paired.url("till"))

    def test_who_paired_it_may_leave(self, paired: Till):
        staff.remove(staff=paired.world.manager_role, by=paired.world.at_console(), at=NOW)
        assert paired.take_over(PIN).status_code == 302
        assert paired.get().status_code == 200

    def test_a_cashier_who_is_signed_in_elsewhere_keeps_that(self, paired: Till):
        own = Till(paired.world, paired.world.cashier)
        paired.take_over(PIN)
        assert own.book().status_code == 302


class TestWhere:
    def test_the_location_of_the_device_comes_first(self, paired: Till):
        world = paired.world
        harbour = Location.objects.create(business=world.business, name="Harbour")
        till = pair(world, "Door", location=str(harbour.public_id))
        StaffRole.objects.filter(pk=world.cashier_role.pk).update(
            location=world.business.locations.exclude(pk=harbour.pk).get()
        )
        for each, name, amount in ((till, "Harbour", "12.50"), (paired, "Main shop", "9.75")):
            each.take_over(PIN)
            each.book(amount)
            assert Sale.objects.latest("pk").location.name == name


class TestThePins:
    def tries(self, till: Till, number: int) -> None:
        for _ in range(number):
            assert till.take_over("9999").status_code == 422

    def test_are_counted_for_the_device(self, paired: Till, clock):
        self.tries(paired, 5)
        assert paired.take_over(PIN).status_code == 429
        clock.shift(300)
        assert paired.take_over(PIN).status_code == 302

    def test_a_wrong_one_names_the_device(self, paired: Till):
        self.tries(paired, 1)
        event = AuditEvent.objects.get(verb="till.pin_refused")
        device = paired.world.business.shared_tills.get()
        assert (event.object_type, event.object_id, event.user) == ("sharedtill", str(device.pk), None)

    def test_another_device_has_its_own(self, paired: Till):
        other = pair(paired.world, "Door")
        self.tries(paired, 5)
        assert other.take_over(PIN).status_code == 302

    def test_another_session_of_the_device_has_none_more(self, paired: Till):
        self.tries(paired, 5)
        copied = Till(paired.world, paired.world.manager)
        copied.client.cookies = paired.client.cookies
        assert copied.take_over(PIN).status_code == 429


class TestLocking:
    def test_locking_is_noted_to_who_served(self, paired: Till):
        paired.take_over(PIN)
        assert paired.post("lock").url == paired.url("till")
        assert AuditEvent.objects.get(verb="till.locked").staff == paired.world.cashier_role
        assert paired.get().url.startswith(paired.url("till"))

    def test_it_locks_itself_though_nobody_has_a_pin(self, paired: Till, clock):
        paired.take_over(PIN)
        for role in (paired.world.cashier_role, paired.world.manager_role):
            staff.reset_pin(staff=role, by=paired.world.at_console(), at=NOW)
        clock.shift(600)
        page = paired.client.get(paired.get().url)
        assert (page.context["locked"], page.context["no_pins"]) == (True, True)
        set_pin(paired.world.owner_role, "5937")
        assert paired.take_over("5937").status_code == 302


class TestThePages:
    def test_show_who_serves_and_no_account(self, paired: Till):
        paired.take_over(PIN)
        page = paired.get()
        assert [who.split()[-1] for who in texts(page, "a.till-who")] == ["Cleo"]
        assert "/accounts/" not in page.content.decode()

    def test_a_removed_device_asks_to_sign_in(self, paired: Till):
        paired.take_over(PIN)
        shared_tills.end(till=paired.world.business.shared_tills.get(), by=paired.world.at_console(), at=NOW)
        assert paired.book().url.startswith("/accounts/login/")
        assert not Sale.objects.exists()

    def test_cost_no_more_queries_than_those_of_a_log_in(self, paired: Till, django_assert_num_queries):
        till = Till(paired.world, paired.world.cashier)
        account = paired.world.member.account.public_id
        paired.take_over(PIN)
        paired.get()
        paired.get("member", account=account)
        till.get("member", account=account)
        with django_assert_num_queries(12):
            till.get("member", account=account)
        with django_assert_num_queries(12):
            paired.get("member", account=account)
