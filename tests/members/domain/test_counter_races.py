"""Impatient fingers and two tills at once, on PostgreSQL: everything happens once, and nobody sees an error page."""

from collections import Counter
from threading import Barrier
from uuid import uuid4

import pytest
from django.test import Client

from loyalty.domain import sales, shared_tills, staff
from loyalty.domain.actors import Actor
from loyalty.domain.sale_input import Recorded, SaleInput
from loyalty.domain.sales import ReceiptAlreadyBooked
from loyalty.domain.shared_tills import NameTaken
from loyalty.engine import codes
from loyalty.models import Account, AuditEvent, Business, Channel, Sale, SharedTill, StaffRole
from loyalty.queries.slips import bought_on
from loyalty.queries.verify import verify
from members.domain import counter, recording, till
from members.domain.counter import CardTaken, Newcomer
from members.domain.enrolment import AlreadyMember, Person
from members.domain.till import TooManyTries, WrongPin
from members.models import Member
from members.queries import slips
from rewards.models import Redemption
from tests.loyalty.domain.test_ledger_races import PATIENCE, race
from tests.members.counter import Till, rows
from tests.shared_till import set_pin
from tests.world import NOW, World

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
THREADS = 8


def assert_sound() -> None:
    assert [finding for finding in verify() if finding.faults] == []


def kinds(answers: list[object]) -> Counter[str]:
    return Counter(type(answer).__name__ for answer in answers)


@pytest.mark.parametrize("who", ["member", "walk-in"])
@pytest.mark.parametrize("receipt", ["", "R-1"])
def test_the_same_form_sent_many_times_at_once_books_once(world, who, receipt):
    data = {"key": uuid4(), "amount": "12.50", "receipt": receipt}
    tills = [Till(world, world.cashier, Client()) for _ in range(THREADS)]

    def send(number: int) -> str:
        if who == "walk-in":
            return tills[number].post("walk-in", data).url
        return tills[number].post("member", data, account=world.member.account.public_id).url

    answers = race(send, THREADS)
    assert set(answers) == {tills[0].url("sale", sale=Sale.objects.get().public_id)}
    assert rows()["held"] == (13 if who == "member" else 0)
    assert_sound()


def test_without_looking_for_the_key_the_database_refuses(world, monkeypatch):
    monkeypatch.setattr(sales, "_known", lambda business, account, sale: None)
    sale = SaleInput(key="k", at=NOW, total=100, total_before_tax=100)
    by = world.at_counter()
    answers = race(
        lambda number: counter.record(business=world.business, account=None, sale=sale, by=by, at=NOW), THREADS
    )
    assert kinds(answers) == {"Recorded": 1, "IntegrityError": THREADS - 1}


def test_one_receipt_at_two_tills_is_one_sale(world):
    def sell(number: int) -> Recorded:
        sale = SaleInput(key=f"k{number}", at=NOW, total=100, total_before_tax=100, receipt="R-1")
        return counter.record(business=world.business, account=None, sale=sale, by=world.at_counter(), at=NOW)

    answers = race(sell, THREADS)
    assert kinds(answers) == {"Recorded": 1, "ReceiptAlreadyBooked": THREADS - 1}
    sale = Sale.objects.get()
    assert {answer.sale for answer in answers if isinstance(answer, ReceiptAlreadyBooked)} == {sale}


def test_a_reward_sent_many_times_at_once_is_handed_out_once(world):
    world.purchase(20_000)
    tills = [Till(world, world.cashier, Client()) for _ in range(THREADS)]
    data = {"key": uuid4()}
    account, reward = world.member.account.public_id, world.reward.public_id
    answers = race(lambda number: tills[number].post("hand-out", data, account=account, reward=reward).url, THREADS)
    voucher = Redemption.objects.get().voucher
    assert set(answers) == {tills[0].url("voucher", voucher=voucher.public_id)}
    assert_sound()


@pytest.mark.parametrize("same", ["address", "new card", "waiting card"])
def test_somebody_is_enrolled_once_and_a_card_has_one_owner(world, same):
    card = codes.new_code()
    if same == "waiting card":
        Account.objects.create(business=world.business, card_code=card, opened_at=NOW)
    before = Member.objects.count()

    def enrol(number: int) -> Member:
        email = "ana@example.com" if same == "address" else f"ana{number}@example.com"
        newcomer = Newcomer(Person(name="Ana", email=email), card="" if same == "address" else card)
        return counter.enrol(business=world.business, newcomer=newcomer, by=world.at_counter(), at=NOW)

    answers = race(enrol, THREADS)
    refused = AlreadyMember if same == "address" else CardTaken
    assert kinds(answers) == {"Member": 1, refused.__name__: THREADS - 1}
    assert Member.objects.count() == before + 1
    assert Account.objects.filter(member=None, business=world.business).count() == 0


def test_pins_are_counted_however_many_are_tried_at_once(world):
    answers = race(lambda number: guess(world), THREADS)
    assert kinds(answers) == {WrongPin.__name__: 5, TooManyTries.__name__: THREADS - 5}


def test_without_the_lock_more_would_be_tried(world, monkeypatch):
    everybody, look = Barrier(THREADS), till._refused

    def look_together(*where: object) -> list[AuditEvent]:
        found = look(*where)
        everybody.wait()
        return found

    monkeypatch.setattr(StaffRole.objects, "select_for_update", lambda **of: StaffRole.objects.all())
    monkeypatch.setattr(till, "_refused", look_together)
    assert kinds(race(lambda number: guess(world), THREADS)) == {WrongPin.__name__: THREADS}


def test_pins_are_counted_for_a_paired_device(world):
    set_pin(world.owner_role)
    device, by = pair(world), Actor(Channel.COUNTER)

    def guess_there(number: int) -> StaffRole:
        return till.take_over(business=world.business, pin="9999", by=by, at=NOW, device=device)

    assert kinds(race(guess_there, THREADS)) == {WrongPin.__name__: 5, TooManyTries.__name__: THREADS - 5}


def test_a_name_is_paired_once(world):
    set_pin(world.owner_role)
    assert kinds(race(lambda number: pair(world), THREADS)) == {"SharedTill": 1, NameTaken.__name__: THREADS - 1}
    assert AuditEvent.objects.filter(verb="shared_till.paired").count() == 1


def pair(world: World) -> SharedTill:
    return shared_tills.pair(business=world.business, name="Bar", location=None, by=world.at_console(), at=NOW)


@pytest.mark.parametrize("locked", [True, False])
def test_the_cap_of_a_day_holds_at_many_tills_at_once(world, monkeypatch, locked):
    Business.objects.filter(pk=world.business.pk).update(day_cap=1000)
    world.business.refresh_from_db()
    world.member.account.business = world.business
    if not locked:
        all_have_looked = Barrier(THREADS)

        def look_together(account: Account, day: object) -> int:
            bought = bought_on(account, day)
            all_have_looked.wait(timeout=PATIENCE)
            return bought

        monkeypatch.setattr(recording.locks, "lock_current", lambda account: account)
        monkeypatch.setattr(slips, "bought_on", look_together)

    def sell(number: int) -> Recorded:
        sale = SaleInput(key=f"k{number}", at=NOW, total=400 + number, total_before_tax=400 + number)
        account, by = world.member.account, world.at_counter()
        return counter.record(business=world.business, account=account, sale=sale, by=by, at=NOW, confirmed=True)

    sold = kinds(race(sell, THREADS))
    expected = {"Recorded": 2, "NeedsManager": THREADS - 2} if locked else {"Recorded": THREADS}
    assert sold == expected


def guess(world: World) -> StaffRole:
    return till.take_over(business=world.business, pin="9999", by=world.at_counter(), at=NOW)


def test_a_pin_is_taken_over_by_all_who_know_it(world):
    by = Actor(Channel.CONSOLE, world.manager, world.manager_role)
    staff.set_pin(staff=world.manager_role, pin="4831", by=by, at=NOW)
    answers = race(
        lambda number: till.take_over(business=world.business, pin="4831", by=world.at_counter(), at=NOW), THREADS
    )
    assert set(answers) == {world.manager_role}
    assert AuditEvent.objects.filter(verb="till.taken_over").count() == THREADS
