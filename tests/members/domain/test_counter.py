"""What is done at the till: recorded, refunded, handed out, undone; by whom, until when, and never for oneself."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from loyalty.domain import sales
from loyalty.domain.accounts import open_account
from loyalty.domain.actors import Actor
from loyalty.domain.sale_input import SaleInput
from loyalty.engine import codes
from loyalty.models import Channel, OutboxMessage, Sale, SaleSource, User
from loyalty.queries.verify import verify
from members.domain import counter, enrolment
from members.domain.consent import AnswerContext
from members.domain.counter import Answers, CardTaken, Newcomer, NotBookedHere, RefundTooLate
from members.domain.enrolment import AlreadyMember, Person
from members.domain.visits import OwnMembership
from members.models import CollectionMethod, ConsentEvent, Member
from members.queries.consent import current_notice, questions
from rewards.domain import redemptions, undoing
from rewards.domain.redemptions import UndoTooLate
from rewards.domain.vouchers import PutBackTooLate
from rewards.models import VoucherState
from tests.members.counter import rows
from tests.world import NOW, World

pytestmark = pytest.mark.django_db
LATE = NOW + timedelta(minutes=15, seconds=1)
TOMORROW = NOW + timedelta(days=1)


def manager(world: World) -> Actor:
    return Actor(Channel.COUNTER, world.manager, world.manager_role)


def sale(total: int = 1250, *, key: str = "k", source: SaleSource = SaleSource.COUNTER) -> SaleInput:
    return SaleInput(key=key, at=NOW, total=total, total_before_tax=total, source=source)


def record(world: World, account=None, **more) -> Sale:
    by = more.pop("by", world.at_counter())
    recorded = counter.record(
        business=world.business, account=account, sale=sale(**more), by=by, at=NOW, confirmed=True
    )
    return recorded.sale


def assert_sound() -> None:
    assert [finding for finding in verify() if finding.faults] == []


class TestRecording:
    def test_a_member_earns(self, world):
        record(world, world.member.account)
        assert (rows()["Sale"], rows()["held"]) == (1, 13)

    def test_a_card_without_a_person_earns_as_well(self, world):
        record(world, open_account(business=world.business, at=NOW))
        assert (rows()["Sale"], rows()["held"]) == (1, 13)

    def test_a_walk_in_is_only_written_down(self, world):
        assert record(world).account is None
        assert (rows()["Sale"], rows()["Posting"]) == (1, 0)


class TestUndoing:
    def test_a_cashier_within_the_minutes(self, world):
        booked = record(world, world.member.account)
        for _ in range(2):
            counter.undo_sale(sale=booked, by=world.at_counter(), at=NOW + timedelta(minutes=15))
        assert (rows()["held"], rows()["Posting"]) == (0, 2)
        assert_sound()

    def test_later_only_a_manager(self, world):
        booked = record(world, world.member.account)
        before = rows()
        with pytest.raises(sales.UndoTooLate):
            counter.undo_sale(sale=booked, by=world.at_counter(), at=LATE)
        assert rows() == before
        counter.undo_sale(sale=booked, by=manager(world), at=TOMORROW)
        assert rows()["held"] == 0
        assert_sound()

    @pytest.mark.parametrize("source", [SaleSource.IMPORT, SaleSource.API])
    def test_what_came_by_another_door_is_undone_there(self, world, source):
        booked = record(world, world.member.account, source=source)
        with pytest.raises(NotBookedHere):
            counter.undo_sale(sale=booked, by=manager(world), at=NOW)
        assert rows()["held"] == 13


class TestRefunding:
    @pytest.mark.parametrize(("amount", "held"), [(1250, 0), (625, 7)])
    def test_a_cashier_on_the_day_itself(self, world, amount, held):
        booked = record(world, world.member.account)
        midnight = NOW.astimezone(ZoneInfo("Europe/Berlin")).replace(hour=23, minute=59)
        for _ in range(2):
            counter.refund(sale=booked, amount=amount, key="r", by=world.at_counter(), at=midnight)
        assert (rows()["Refund"], rows()["held"]) == (1, held)
        assert_sound()

    def test_after_midnight_only_a_manager(self, world):
        booked = record(world, world.member.account)
        midnight = NOW.astimezone(ZoneInfo("Europe/Berlin")).replace(hour=0, minute=0) + timedelta(days=1)
        before = rows()
        with pytest.raises(RefundTooLate):
            counter.refund(sale=booked, amount=1250, key="r", by=world.at_counter(), at=midnight)
        assert rows() == before
        counter.refund(sale=booked, amount=1250, key="r", by=manager(world), at=midnight)
        assert rows()["held"] == 0


class TestHandingOut:
    def hand_out(self, world: World, **more):
        world.purchase(6000)
        return counter.hand_out(
            reward=world.reward, account=world.member.account, key="h", by=world.at_counter(), at=NOW, **more
        )

    def test_a_reward_is_paid_and_handed_over_at_once(self, world):
        redemption = self.hand_out(world)
        assert (redemption.voucher.state, redemption.voucher.used_by) == (VoucherState.USED, world.cashier_role)
        assert rows()["held"] == 11

    def test_undone_it_was_never_taken(self, world):
        voucher = self.hand_out(world).voucher
        with pytest.raises(UndoTooLate):
            counter.undo_voucher(voucher=voucher, by=world.at_counter(), at=LATE)
        for _ in range(2):
            counter.undo_voucher(voucher=voucher, by=world.at_counter(), at=NOW)
        voucher.refresh_from_db()
        assert (voucher.state, rows()["held"]) == (VoucherState.CANCELLED, 61)
        assert_sound()

    def test_a_voucher_of_the_member_is_used_and_then_good_again(self, world):
        world.purchase(6000)
        by = Actor(Channel.PORTAL, world.member_user)
        taken = redemptions.redeem(reward=world.reward, account=world.member.account, key="p", by=by, at=NOW)
        counter.use_voucher(voucher=taken.voucher, key="u", by=world.at_counter(), at=NOW)
        with pytest.raises(PutBackTooLate):
            counter.undo_voucher(voucher=taken.voucher, by=world.at_counter(), at=LATE)
        counter.undo_voucher(voucher=taken.voucher, by=manager(world), at=TOMORROW, reason="A mix-up")
        taken.voucher.refresh_from_db()
        assert (taken.voucher.state, rows()["held"]) == (VoucherState.ISSUED, 11)


class TestOneself:
    """Mia works at the till now: everything that somebody else did for her, she cannot do or undo."""

    @pytest.fixture
    def mia(self, world) -> Actor:
        world.cashier_role.user = world.member_user
        world.cashier_role.save()
        return Actor(Channel.COUNTER, world.member_user, world.cashier_role)

    @pytest.mark.parametrize("act", ["record", "undo", "refund", "hand out", "use", "undo voucher"])
    def test_nothing_is_done_for_oneself(self, world, mia, act):
        self.refused(world, mia, act)

    @pytest.mark.parametrize("act", ["undo", "refund", "hand out", "use", "undo voucher"])
    def test_without_the_check_it_would_be(self, world, mia, act, monkeypatch):
        monkeypatch.setattr(counter, "_check_not_own", lambda account, by: None)
        monkeypatch.setattr(undoing, "check_not_own", lambda account, by: None)
        with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
            self.refused(world, mia, act)

    def refused(self, world: World, mia: Actor, act: str) -> None:
        account, by = world.member.account, manager(world)
        booked = record(world, account, total=20_000, by=by)
        online = Actor(Channel.PORTAL, world.member_user)
        voucher = redemptions.redeem(reward=world.reward, account=account, key="p", by=online, at=NOW).voucher
        used = counter.hand_out(reward=world.reward, account=account, key="h", by=by, at=NOW).voucher
        acts = {
            "record": lambda: record(world, account, by=mia, key="other"),
            "undo": lambda: counter.undo_sale(sale=booked, by=mia, at=NOW),
            "refund": lambda: counter.refund(sale=booked, amount=1, key="r", by=mia, at=NOW),
            "hand out": lambda: counter.hand_out(reward=world.reward, account=account, key="g", by=mia, at=NOW),
            "use": lambda: counter.use_voucher(voucher=voucher, key="u", by=mia, at=NOW),
            "undo voucher": lambda: counter.undo_voucher(voucher=used, by=mia, at=NOW),
        }
        before = rows()
        with pytest.raises(OwnMembership):
            acts[act]()
        assert rows() == before


class TestEnrolling:
    def enrol(self, world: World, **more) -> Member:
        person = more.pop("person", Person(name="Ana", email="ana@example.com"))
        newcomer = Newcomer(person, **more)
        return counter.enrol(business=world.business, newcomer=newcomer, by=world.at_counter(), at=NOW)

    def test_a_name_and_an_address_are_enough(self, world):
        member = self.enrol(world)
        assert (member.name, member.enrolled_by, member.user) == ("Ana", world.cashier_role, None)
        assert codes.is_valid(member.account.card_code)
        assert (ConsentEvent.objects.count(), OutboxMessage.objects.count()) == (0, 0)

    def test_a_card_that_collected_before_keeps_what_it_has(self, world):
        account = open_account(business=world.business, at=NOW, customer_number="17")
        record(world, account)
        member = self.enrol(world, card=account.card_code)
        assert member.account == account
        assert rows()["held"] == 13

    def test_a_printed_card_that_nobody_had_is_theirs(self, world):
        code = codes.new_code()
        assert self.enrol(world, card=code).account.card_code == code

    def test_a_card_of_somebody_is_refused(self, world):
        before = rows()
        with pytest.raises(CardTaken):
            self.enrol(world, card=world.member.account.card_code)
        assert rows() == before

    def test_the_same_code_in_another_business_is_another_card(self, world):
        code = world.other_member.account.card_code
        member = self.enrol(world, card=code)
        assert (member.account.card_code, member.account.business) == (code, world.business)
        assert world.other_member.account.business == world.other_business

    def test_who_is_a_member_already_is_named(self, world):
        before = rows()
        with pytest.raises(AlreadyMember) as known:
            self.enrol(world, person=Person(name="Mia", email=world.member.email), card=codes.new_code())
        assert known.value.member == world.member
        assert rows() == before

    def test_a_yes_is_noted_unconfirmed_and_asked_for_by_mail(self, world):
        asked = {question.field_name: question for question in questions(world.business, "en")}
        news = next(question for question in asked.values() if question.channel == "email")
        notice = current_notice(world.business, "en")
        context = AnswerContext(None, "", CollectionMethod.COUNTER, "counter", "en")
        member = self.enrol(world, answers=Answers({news.key: True}, notice, context))
        event = ConsentEvent.objects.get()
        assert (event.member, event.kind, event.actor, event.collection_method) == (
            member, "given", "staff", "counter",
        )  # fmt: skip
        assert event.staff == world.cashier_role
        assert OutboxMessage.objects.get().recipient == "ana@example.com"

    def test_a_switched_off_log_in_of_the_same_address_is_no_obstacle(self, world):
        User.objects.create_user("ana@example.com", is_active=False)
        assert self.enrol(world).user is None
        with pytest.raises(AlreadyMember):
            self.enrol(world)

    def test_people_without_any_address_may_be_many(self, world):
        for _ in range(2):
            self.enrol(world, person=Person(name="Ana"))
        assert enrolment.find_by_contact(world.business, Person(name="Ana")) is None
