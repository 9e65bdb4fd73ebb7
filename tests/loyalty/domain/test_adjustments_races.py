"""Twenty managers at one adjustment that waits, on PostgreSQL: it is booked once, or not at all."""

from threading import Barrier

import pytest

from loyalty.domain import adjustments, locks, staff
from loyalty.domain.actors import Actor
from loyalty.models import Adjustment, Channel, Role
from loyalty.queries.verify import verify
from tests.loyalty.books import START, Books, open_books
from tests.loyalty.domain.test_ledger_races import PATIENCE, race
from tests.world import make_user

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def asked() -> tuple[Books, Adjustment, Actor]:
    books = open_books()
    adjustments.set_limits(business=books.role.business, limits={"points": 0}, by=books.by, at=START)
    books.unit.refresh_from_db()
    waiting = adjustments.ask(
        account=books.account, unit=books.unit, amount=5, reason="slip", last_good_day=None, key="a", by=books.by,
        at=START,
    )  # fmt: skip
    row = staff.add(business=books.role.business, user=make_user("max"), role=Role.MANAGER, by=books.by, at=START)
    return books, waiting, Actor(Channel.CONSOLE, row.user, row)


def decide(waiting: Adjustment, second: Actor, first: Actor) -> list[object]:
    def act(number: int) -> object:
        if number % 4 == 3:
            return adjustments.withdraw(adjustment=waiting, by=first, at=START)
        verb = adjustments.refuse if number % 2 else adjustments.approve
        return verb(adjustment=waiting, by=second, at=START)

    return race(act)


def test_it_is_decided_once():
    books, waiting, second = asked()
    answers = decide(waiting, second, books.by)
    errors = [answer for answer in answers if isinstance(answer, Exception)]
    assert errors
    assert [error for error in errors if not isinstance(error, adjustments.AlreadyDecided)] == []
    waiting.refresh_from_db()
    held = books.account.balances.filter(amount=5).count()
    assert (waiting.state == "booked") == bool(held)
    assert [finding for finding in verify() if finding.faults] == []


def test_without_the_lock_it_is_decided_in_two_ways(monkeypatch):
    _, waiting, second = asked()
    both_have_looked = Barrier(2)

    def look_without_locking(adjustment: Adjustment) -> Adjustment:
        row = Adjustment.objects.select_related("business", "unit", "asked_by").get(pk=adjustment.pk)
        both_have_looked.wait(timeout=PATIENCE)
        return row

    monkeypatch.setattr(locks, "lock_adjustment", look_without_locking)
    verbs = (adjustments.approve, adjustments.refuse)
    answers = race(lambda number: verbs[number](adjustment=waiting, by=second, at=START), 2)
    assert [answer.state for answer in answers] == ["booked", "refused"]
