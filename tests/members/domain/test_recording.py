"""What the till asks before it records, who answers, and what a manager allows; imports and the API are not asked."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loyalty.domain import businesses, staff
from loyalty.domain.actors import Actor
from loyalty.domain.sale_input import SaleInput
from loyalty.models import AuditEvent, Channel, Sale, StaffRole
from members.domain import counter, recording, till
from members.domain.recording import Asked, NeedsManager, OwnAllowance
from members.domain.till import TooManyTries, WrongPin
from members.models import Member
from members.queries import slips
from tests.members.counter import rows
from tests.world import NOW, World

pytestmark = pytest.mark.django_db
HUGE = 1_234_500


def at_till(world: World, role: StaffRole | None = None) -> Actor:
    role = role or world.cashier_role
    return Actor(Channel.COUNTER, role.user, role)


def record(world: World, total: int = 450, *, key: str = "", walk_in: bool = False, at=NOW, by=None, **more):
    sale = SaleInput(key=key or f"k{Sale.objects.count()}", at=at, total=total, total_before_tax=total)
    account = None if walk_in else world.member.account
    by = by or at_till(world)
    return counter.record(business=world.business, account=account, sale=sale, by=by, at=at, **more)


def cap(world: World, **caps: int | None) -> None:
    businesses.change_details(business=world.business, changes=caps, by=world.at_console(), at=NOW)
    world.business.refresh_from_db()
    world.member.account.business = world.business


class TestUnusual:
    @pytest.mark.parametrize("walk_in", [False, True])
    def test_it_is_asked_and_nothing_is_written(self, world, walk_in):
        before = rows()
        with pytest.raises(Asked) as asked:
            record(world, HUGE, walk_in=walk_in)
        assert (asked.value.question.doubt.usual, asked.value.question.needs_manager) == (10_000, False)
        assert rows() == before

    def test_an_answer_records_it(self, world):
        assert record(world, HUGE, confirmed=True).total == HUGE

    def test_without_the_question_the_slip_is_booked(self, world, monkeypatch):
        monkeypatch.setattr(slips, "question", lambda *args, **more: None)
        record(world, HUGE)
        assert rows()["held"] == 12_345 + 1

    def test_the_shop_s_own_history_says_what_is_usual(self, world):
        for minute in range(8):
            record(world, 300 + minute, at=NOW + timedelta(minutes=minute))
        with pytest.raises(Asked) as asked:
            record(world, 4500, at=NOW + timedelta(hours=1), instead=45)
        assert asked.value.question.doubt.usual == 1818
        with pytest.raises(Asked) as asked:
            record(world, 45_000, at=NOW + timedelta(hours=1), instead=450)
        assert asked.value.question.doubt.instead == 450

    def test_another_shop_s_history_does_not(self, world):
        for number in range(8):
            sale = SaleInput(key=f"s{number}", at=NOW, total=900_000, total_before_tax=900_000)
            business = world.other_business
            by = Actor(Channel.COUNTER, world.other_owner, business.staff.get())
            counter.record(business=business, account=None, sale=sale, by=by, at=NOW, confirmed=True)
        with pytest.raises(Asked):
            record(world, HUGE)

    def test_what_was_undone_is_no_history(self, world):
        slip = record(world, HUGE, confirmed=True).sale
        for minute in range(1, 8):
            record(world, 400 + minute, at=NOW + timedelta(minutes=minute))
        counter.undo_sale(sale=slip, by=at_till(world), at=NOW)
        with pytest.raises(Asked) as asked:
            record(world, HUGE, at=NOW + timedelta(hours=1))
        assert asked.value.question.doubt.usual == 10_000


class TestTwin:
    def test_it_is_asked_and_nothing_is_written(self, world):
        first = record(world)
        before = rows()
        with pytest.raises(Asked) as asked:
            record(world, at=NOW + timedelta(seconds=59))
        assert asked.value.question.doubt.twin.public_id == first.public_id
        assert rows() == before

    def test_an_answer_records_it(self, world):
        record(world)
        assert record(world, confirmed=True).again is False
        assert Sale.objects.count() == 2

    def test_the_same_request_is_not_asked_but_answered(self, world):
        first = record(world, key="one")
        again = record(world, key="one")
        assert (again.public_id, again.again) == (first.public_id, True)

    def test_a_visit_has_one_as_well(self, world):
        visit = SaleInput(key="v", at=NOW, total=0, total_before_tax=0, is_visit=True)
        told = {"business": world.business, "account": world.member.account, "by": at_till(world), "at": NOW}
        counter.record(sale=visit, **told)
        with pytest.raises(Asked):
            counter.record(sale=replace(visit, key="w"), **told)
        assert Sale.objects.count() == 1


class TestCaps:
    @pytest.mark.parametrize(("total", "refused"), [(5000, False), (5001, True)])
    def test_above_that_of_a_purchase_a_cashier_cannot_answer_alone(self, world, total, refused):
        cap(world, sale_cap=5000)
        before = rows()
        if refused:
            with pytest.raises(NeedsManager) as asked:
                record(world, total, confirmed=True)
            assert (asked.value.question.sale_cap, rows()) == (5000, before)
        else:
            record(world, total)

    def test_walk_ins_have_the_cap_of_a_purchase(self, world):
        cap(world, sale_cap=5000, day_cap=5000)
        with pytest.raises(NeedsManager) as asked:
            record(world, 5001, walk_in=True, confirmed=True)
        assert (asked.value.question.sale_cap, asked.value.question.day_cap) == (5000, None)

    def test_the_day_of_a_customer_adds_up(self, world):
        cap(world, day_cap=5000)
        record(world, 3000)
        with pytest.raises(NeedsManager) as asked:
            record(world, 2001, confirmed=True)
        assert asked.value.question.day_cap == 5000
        record(world, 2000)

    def test_what_was_refunded_or_undone_does_not_count(self, world):
        cap(world, day_cap=5000)
        first, second = record(world, 3000).sale, record(world, 2000).sale
        counter.refund(sale=first, amount=1000, key="r", by=at_till(world), at=NOW)
        counter.undo_sale(sale=second, by=at_till(world), at=NOW)
        with pytest.raises(NeedsManager):
            record(world, 3001, confirmed=True)
        record(world, 3000, confirmed=True)

    def test_the_day_ends_at_midnight_in_the_business(self, world):
        cap(world, day_cap=5000)
        late = NOW.astimezone(ZoneInfo("Europe/Berlin")).replace(hour=23, minute=59)
        record(world, 3000, at=late)
        record(world, 3000, at=late + timedelta(minutes=1), confirmed=True)
        assert Sale.objects.count() == 2

    def test_a_manager_allows_it_and_the_log_says_who(self, world):
        cap(world, sale_cap=5000)
        booked = record(world, 6000, allowed_by=world.manager_role)
        event = AuditEvent.objects.get(verb="sale.allowed")
        assert (event.staff, event.object_id, event.data) == (
            world.cashier_role, str(booked.sale_id),
            {"total": 6000, "allowed_by": world.manager_role.pk, "sale_cap": 5000, "day_cap": None},
        )  # fmt: skip

    def test_a_manager_at_the_till_answers_for_it(self, world):
        cap(world, sale_cap=5000)
        by = at_till(world, world.manager_role)
        with pytest.raises(Asked) as asked:
            record(world, 6000, by=by)
        assert asked.value.question.needs_manager is False
        record(world, 6000, by=by, confirmed=True)
        assert AuditEvent.objects.get(verb="sale.allowed").data["allowed_by"] == world.manager_role.pk

    def test_the_same_request_is_noted_once(self, world):
        cap(world, sale_cap=5000)
        for _ in range(2):
            record(world, 6000, key="one", allowed_by=world.manager_role)
        assert AuditEvent.objects.filter(verb="sale.allowed").count() == 1

    @pytest.mark.parametrize("whose", ["cashier", "foreign"])
    def test_nobody_else_allows_it(self, world, whose):
        cap(world, sale_cap=5000)
        role = world.cashier_role if whose == "cashier" else world.other_business.staff.get()
        before = rows()
        with pytest.raises(NeedsManager):
            record(world, 6000, allowed_by=role)
        assert rows() == before

    def test_nobody_allows_it_on_the_own_card(self, world):
        cap(world, sale_cap=5000)
        Member.objects.filter(pk=world.member.pk).update(user=world.manager)
        world.member = Member.objects.select_related("account__business", "user").get(pk=world.member.pk)
        before = rows()
        with pytest.raises(OwnAllowance):
            record(world, 6000, allowed_by=world.manager_role)
        assert rows() == before

    def test_without_caps_nobody_is_needed(self, world):
        record(world, HUGE, confirmed=True)
        assert not AuditEvent.objects.filter(verb="sale.allowed").exists()


class TestPins:
    @pytest.fixture
    def world(self, world: World) -> World:
        for role, pin in ((world.manager_role, "4831"), (world.cashier_role, "5942")):
            staff.set_pin(staff=role, pin=pin, by=Actor(Channel.CONSOLE, role.user, role), at=NOW)
        return world

    def allow(self, world: World, pin: str) -> StaffRole:
        return till.allow(business=world.business, pin=pin, by=at_till(world), at=NOW)

    def test_that_of_a_manager_allows(self, world):
        assert self.allow(world, "4831") == world.manager_role

    @pytest.mark.parametrize("pin", ["5942", "0000", ""])
    def test_any_other_is_wrong_and_counted(self, world, pin):
        with pytest.raises(WrongPin) as wrong:
            self.allow(world, pin)
        assert (wrong.value.left, AuditEvent.objects.filter(verb=till.REFUSED).count()) == (4, 1)

    def test_five_are_all_there_are_with_those_of_taking_over(self, world):
        for _ in range(3):
            with pytest.raises(WrongPin):
                self.allow(world, "0000")
        for _ in range(2):
            with pytest.raises(WrongPin):
                till.take_over(business=world.business, pin="0000", by=at_till(world), at=NOW)
        with pytest.raises(TooManyTries):
            self.allow(world, "4831")

    def test_without_counting_every_pin_could_be_tried(self, world, monkeypatch):
        monkeypatch.setattr(till, "_refused", lambda business, by, at, device: [])
        for _ in range(9):
            with pytest.raises(WrongPin):
                self.allow(world, "0000")
        assert self.allow(world, "4831") == world.manager_role


@pytest.mark.parametrize(("caps", "more"), [({}, 1), ({"sale_cap": 5000}, 1), ({"day_cap": 5000}, 3)])
@pytest.mark.parametrize("before", [1, 30])
def test_it_asks_the_database_the_same_however_much_there_is(world, caps, more, before):
    cap(world, **caps)
    for second in range(before):
        record(world, 1 + second, at=NOW + timedelta(seconds=second))
    sale = SaleInput(key="k", at=NOW, total=450, total_before_tax=450)
    with CaptureQueriesContext(connection) as queries:
        slips.question(world.business, world.member.account, sale, by=at_till(world), at=NOW)
    assert len(queries) == more


def test_who_is_not_at_the_till_is_not_asked(world):
    for _ in range(2):
        world.purchase(HUGE)
    assert Sale.objects.count() == 2


def test_recording_is_what_the_counter_does():
    assert counter.record is recording.record
