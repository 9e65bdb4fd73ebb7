"""Adjustments by hand: alone up to a limit, above it by two persons, and each with a reason."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count

import pytest

from loyalty.domain import adjustments, ledger, merging, staff
from loyalty.domain.accounts import open_account
from loyalty.domain.actors import Actor
from loyalty.models import Adjustment, AuditEvent, Channel, Posting, Role, StaffRole
from loyalty.queries.verify import verify
from tests.loyalty.books import START, Books
from tests.world import make_user

pytestmark = pytest.mark.django_db
keys = (f"a{number}" for number in count())


@pytest.fixture(autouse=True)
def _sound():
    yield
    assert [finding for finding in verify() if finding.faults] == []


def hired(books: Books, name: str, role: Role = Role.MANAGER) -> Actor:
    row = staff.add(business=books.role.business, user=make_user(name), role=role, by=books.by, at=START)
    return Actor(Channel.CONSOLE, row.user, row)


def limit(books: Books, most: int | None) -> None:
    adjustments.set_limits(business=books.role.business, limits={"points": most}, by=books.by, at=START)
    books.unit.refresh_from_db()


def ask(books: Books, amount: int, *, by: Actor | None = None, key: str = "", day: date | None = None) -> Adjustment:
    return adjustments.ask(
        account=books.account, unit=books.unit, amount=amount, reason="Our slip", last_good_day=day,
        key=key or next(keys), by=by or books.by, at=START,
    )  # fmt: skip


def refused(error, act, books: Books) -> None:
    def standing():
        return (*books.rows(), list(Adjustment.objects.values_list("state", flat=True)), AuditEvent.objects.count())

    before = standing()
    with pytest.raises(error):
        act()
    assert standing() == before


def verbs() -> list[str]:
    return list(AuditEvent.objects.filter(verb__startswith="adjustment.").order_by("pk").values_list("verb", flat=True))


def test_without_a_limit_it_is_booked_at_once(books):
    added = ask(books, 100, day=date(2026, 2, 1))
    assert (added.state, added.asked_by, added.decided_by) == ("booked", books.role, None)
    lot = added.posting.entries.get().lot
    assert (lot.amount, lot.last_good_day, added.posting.kind) == (100, date(2026, 2, 1), "adjustment")
    removed = ask(books, -30)
    assert (books.balance, removed.posting.entries.get().why) == (70, {"reason": "Our slip"})
    assert verbs() == ["adjustment.booked"] * 2


@pytest.mark.parametrize("sign", [1, -1])
def test_up_to_the_limit_alone_and_above_it_by_two(books, sign):
    books.give(500)
    limit(books, 100)
    assert ask(books, 100 * sign).state == "booked"
    waiting = ask(books, 101 * sign)
    assert (waiting.state, waiting.posting, books.balance) == ("waiting", None, 500 + 100 * sign)
    second = hired(books, "max")
    done = adjustments.approve(adjustment=waiting, by=second, at=START)
    assert (done.state, done.decided_by, done.posting.staff) == ("booked", second.staff, second.staff)
    assert books.balance == 500 + 201 * sign
    rows = books.rows()
    adjustments.approve(adjustment=waiting, by=second, at=START)
    assert books.rows() == rows
    assert verbs() == [f"adjustment.{act}" for act in ("limits_changed", "booked", "asked", "booked")]


def test_nobody_decides_on_what_they_asked_for(books):
    limit(books, 0)
    waiting = ask(books, 5)
    refused(adjustments.SamePerson, lambda: adjustments.approve(adjustment=waiting, by=books.by, at=START), books)
    refused(adjustments.SamePerson, lambda: adjustments.refuse(adjustment=waiting, by=books.by, at=START), books)
    again = staff.add(business=books.role.business, user=make_user("x"), role=Role.OWNER, by=books.by, at=START)
    StaffRole.objects.filter(pk=books.role.pk).update(ended_at=START)
    same = StaffRole.objects.create(
        business=books.role.business, user=books.role.user, role=Role.OWNER, display_name="Ona", started_at=START
    )
    back = Actor(Channel.CONSOLE, same.user, same)
    refused(adjustments.SamePerson, lambda: adjustments.approve(adjustment=waiting, by=back, at=START), books)
    other = Actor(Channel.CONSOLE, again.user, again)
    assert adjustments.approve(adjustment=waiting, by=other, at=START).state == "booked"


def test_a_cashier_neither_asks_nor_decides(books):
    limit(books, 0)
    waiting, cashier = ask(books, 5), hired(books, "cleo", Role.CASHIER)
    refused(adjustments.NotStaff, lambda: ask(books, 5, by=cashier), books)
    refused(adjustments.NotStaff, lambda: ask(books, 5, by=Actor(Channel.SYSTEM)), books)
    for act in (adjustments.approve, adjustments.refuse, adjustments.withdraw):
        refused(adjustments.NotStaff, lambda act=act: act(adjustment=waiting, by=cashier, at=START), books)


def test_refused_or_withdrawn_it_is_never_booked(books):
    limit(books, 0)
    second = hired(books, "max")
    first, other = ask(books, 5), ask(books, 6)
    for _ in range(2):
        assert adjustments.refuse(adjustment=first, by=second, at=START).decided_by == second.staff
        assert adjustments.withdraw(adjustment=other, by=books.by, at=START).state == "withdrawn"
    for row in (first, other):
        refused(
            adjustments.AlreadyDecided, lambda row=row: adjustments.approve(adjustment=row, by=second, at=START), books
        )
    refused(adjustments.AlreadyDecided, lambda: adjustments.refuse(adjustment=other, by=second, at=START), books)
    refused(adjustments.AlreadyDecided, lambda: adjustments.withdraw(adjustment=first, by=books.by, at=START), books)
    third = ask(books, 7)
    refused(adjustments.NotYours, lambda: adjustments.withdraw(adjustment=third, by=second, at=START), books)
    assert Posting.objects.count() == 0
    assert verbs()[-3:] == ["adjustment.refused", "adjustment.withdrawn", "adjustment.asked"]


def test_the_same_key_again_is_the_first_one(books):
    first = ask(books, 5, key="k")
    assert ask(books, 5, key="k") == first
    assert books.balance == 5
    refused(ledger.KeyReused, lambda: ask(books, 6, key="k"), books)
    elsewhere = replace(books, account=open_account(business=books.role.business, at=START))
    refused(ledger.KeyReused, lambda: ask(elsewhere, 5, key="k"), books)


def test_more_than_there_is_and_a_day_that_is_over(books):
    refused(ledger.NotEnough, lambda: ask(books, -5), books)
    refused(adjustments.DayOver, lambda: ask(books, 5, day=date(2026, 1, 4)), books)
    limit(books, 0)
    waiting, second = ask(books, 5, day=date(2026, 1, 6)), hired(books, "max")
    late = START + timedelta(days=2)
    refused(adjustments.DayOver, lambda: adjustments.approve(adjustment=waiting, by=second, at=late), books)
    removal = ask(books, -5)
    refused(ledger.NotEnough, lambda: adjustments.approve(adjustment=removal, by=second, at=START), books)


def test_what_is_added_pays_what_is_owed_first(books):
    bought = books.buy(10000)
    books.spend(80)
    books.refund(bought, 10000)
    ask(books, 100)
    assert (books.balance, books.owed) == (20, 0)


def test_it_reaches_the_account_that_a_merged_one_leads_to(books):
    limit(books, 0)
    waiting, second = ask(books, 5), hired(books, "max")
    target = open_account(business=books.role.business, at=START)
    merging.merge(source=books.account, target=target, key="m", by=books.by, at=START)
    done = adjustments.approve(adjustment=waiting, by=second, at=START)
    assert (done.posting.account, target.balances.get().amount) == (target, 5)


def test_limits_are_said_by_unit_and_only_changes_are_noted(books):
    limit(books, 100)
    limit(books, 100)
    limit(books, None)
    assert [event.data for event in AuditEvent.objects.filter(verb="adjustment.limits_changed").order_by("pk")] == [
        {"limits": {"points": 100}, "told": {"points": [None, 100, 0]}},
        {"limits": {"points": None}, "told": {"points": [100, None, 0]}},
    ]


class TestHowLongItLasts:
    """START is 5 January 2026."""

    @pytest.mark.parametrize(
        ("rule", "day"),
        [
            ({}, None),
            ({"expiry": "days", "expiry_count": 90}, date(2026, 4, 5)),
            ({"expiry": "months", "expiry_count": 12}, date(2027, 1, 5)),
            ({"expiry": "months_end_of_month", "expiry_count": 12}, date(2027, 1, 31)),
            ({"expiry": "end_of_year"}, date(2026, 12, 31)),
            ({"expiry": "inactivity_months", "expiry_count": 12}, None),
        ],
    )
    def test_by_the_rule_of_the_unit_where_nothing_is_said(self, books, rule, day):
        books.offers(**rule)
        row = add(books)
        assert (row.last_good_day, row.posting.entries.get().lot.last_good_day) == (day, day)

    def test_as_long_as_is_said(self, books):
        books.offers(expiry="end_of_year")
        assert add(books, last_good_day=date(2026, 2, 1)).last_good_day == date(2026, 2, 1)

    def test_for_ever_where_that_is_said(self, books):
        books.offers(expiry="end_of_year")
        assert add(books, last_good_day=None).last_good_day is None

    def test_what_is_removed_has_no_day(self, books):
        books.offers(expiry="end_of_year")
        books.give(5)
        assert add(books, -5).last_good_day is None

    def test_what_waits_keeps_the_day_that_was_shown(self, books):
        books.offers(expiry="days", expiry_count=90)
        limit(books, 10)
        waiting = add(books, 11)
        later = START + timedelta(days=3)
        done = adjustments.approve(adjustment=waiting, by=hired(books, "max"), at=later)
        assert done.posting.entries.get().lot.last_good_day == date(2026, 4, 5)

    def test_sent_again_the_next_day_it_is_the_same(self, books):
        books.offers(expiry="days", expiry_count=90)
        first = add(books, key="form")
        assert add(books, key="form", at=START + timedelta(days=1)) == first


def add(books: Books, amount: int = 5, *, key: str = "", at: datetime = START, **day: date | None) -> Adjustment:
    return adjustments.ask(
        account=books.account, unit=books.unit, amount=amount, reason="Our slip", key=key or next(keys), by=books.by,
        at=at, **day,
    )  # fmt: skip
