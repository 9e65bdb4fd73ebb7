"""A change of expiry, caps and card sizes holds from its day: what it takes is what was foreseen, to the unit."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.db.models import Sum

from loyalty.domain import announcements, program
from loyalty.domain.accounts import open_account
from loyalty.domain.announcements import DayNeeded, NothingComing, TooSoon
from loyalty.domain.program import RuleDraft, UnitDraft
from loyalty.engine.days import local_day
from loyalty.engine.lots import ExpiryKind, ExpiryPolicy
from loyalty.models import AuditEvent, Business, Entry, EntryKind, Lot, UnitKind, UnitPolicy
from loyalty.queries.policies import Fall, foresee, next_day, planned
from loyalty.queries.policies import announcements as announced
from loyalty.queries.program import draft_version, live_program, live_version
from loyalty.queries.verify import verify
from tests.loyalty.books import START, Books, open_books
from tests.loyalty.domain.test_expiring_many import History

pytestmark = pytest.mark.django_db

QUIET = {"expiry": "inactivity_months", "expiry_count": 6}
NOW = datetime(2026, 6, 1, 12, 0, tzinfo=START.tzinfo)
JULY = date(2026, 7, 1)
LAST = date(2026, 12, 31)
LOSING = frozenset({1, 2, 3, 7, 8, 10, 14, 18, 19, 20, 21, 22, 23})
RULE = RuleDraft("points", "Points", "purchase", "per_amount", 1, per_amount=100)


@pytest.fixture
def books() -> Books:
    """A shop with points that never expire; 540 of them lie on a card that was there five months ago."""
    books = open_books()
    books.buy(54_000)
    return books


def draft(books: Books, *, rules: tuple[RuleDraft, ...] = (RULE,), **unit) -> None:
    drafted = UnitDraft("points", UnitKind.POINTS, "points", "point", **unit)
    program.draft(business=books.role.business, name="Club", units=[drafted], rules=rules, by=books.by, at=NOW)


def go_live(books: Books, holds_from: date | None = JULY, *, at: datetime = NOW, **unit) -> None:
    draft(books, **unit)
    program.go_live(business=books.role.business, by=books.by, at=at, holds_from=holds_from)
    books.unit.refresh_from_db()


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, 0, tzinfo=START.tzinfo)


def expired(books: Books) -> int:
    return -(Entry.objects.filter(unit=books.unit, kind=EntryKind.EXPIRE).aggregate(sum=Sum("amount"))["sum"] or 0)


class TestWithoutAVisit:
    """The change that once wiped all balances a quarter of an hour after it."""

    def test_nothing_is_gone_after_going_live(self, books: Books):
        go_live(books, **QUIET)
        assert (books.expire(NOW + timedelta(minutes=15)), books.balance) == (0, 540)

    def test_nothing_is_gone_on_the_last_good_day(self, books: Books):
        go_live(books, **QUIET)
        assert (books.expire(noon(LAST)), books.balance) == (0, 540)

    def test_all_is_gone_once_the_months_since_its_day_have_passed(self, books: Books):
        go_live(books, **QUIET)
        assert (books.expire(noon(LAST) + timedelta(days=1)), books.balance) == (1, 0)

    def test_who_spends_before_keeps_the_rest(self, books: Books):
        go_live(books, **QUIET)
        books.spend(40, at=noon(LAST))
        assert (books.expire(noon(LAST) + timedelta(days=1)), books.balance) == (0, 500)

    def test_the_till_takes_nothing_before_the_job_would(self, books: Books):
        go_live(books, **QUIET)
        books.spend(540, at=noon(LAST))
        assert books.balance == 0

    def test_without_a_day_it_holds_from_today(self, books: Books):
        go_live(books, holds_from=None, **QUIET)
        assert [step.from_day for step in books.unit.steps] == [None, NOW.date()]

    def test_the_twin_that_holds_from_always_takes_all_at_once(self, books: Books):
        books.buy(100, at=START - timedelta(days=400))
        go_live(books, date.min, **{"expiry": "inactivity_days", "expiry_count": 30})
        assert (books.expire(NOW + timedelta(minutes=15)), books.balance) == (2, 0)


class TestWhatIsForeseen:
    def plan(self, books: Books, **unit):
        draft(books, **unit)
        version = draft_version(books.role.business)
        assert version
        return planned(version, live_version(books.role.business), NOW)

    def test_who_loses_how_much_and_when(self, books: Books):
        (change,) = self.plan(books, **QUIET).policies
        assert foresee(change, from_day=JULY).falls == (Fall(LAST, 1, 540),)

    def test_who_has_been_away_that_long_already_is_counted_apart(self, books: Books):
        (change,) = self.plan(books, expiry="inactivity_months", expiry_count=3).policies
        assert foresee(change, from_day=JULY).quiet == 1

    def test_what_has_a_day_of_its_own_keeps_it(self, books: Books):
        (change,) = self.plan(books, expiry="months", expiry_count=3).policies
        assert foresee(change, from_day=JULY).falls == ()

    def test_nothing_is_foreseen_of_a_longer_life(self, books: Books):
        go_live(books, NOW.date(), **QUIET)
        assert not self.plan(books, expiry="inactivity_months", expiry_count=7).policies

    def test_the_day_that_is_suggested_leaves_time_to_tell(self, books: Books):
        plan = self.plan(books, **QUIET)
        assert (plan.first_day, plan.suggested) == (date(2026, 6, 2), date(2026, 6, 15))

    def test_a_time_shorter_than_the_warning_holds_later(self, books: Books):
        assert self.plan(books, expiry="inactivity_days", expiry_count=5).first_day == date(2026, 6, 11)


@pytest.mark.parametrize("seed", range(24))
def test_what_is_foreseen_is_what_the_job_books(seed: int):
    history = History(seed)
    history.live()
    history.job()
    shorter = {"expiry": "inactivity_days", "expiry_count": history.rng.randrange(1, 8)}
    history.draft(shorter, history.policy())
    version = draft_version(history.business)
    assert version
    plan = planned(version, live_version(history.business), history.at)
    day = local_day(history.at, history.business.time_zone) + timedelta(days=history.rng.randrange(1, 40))
    foreseen = {change.unit.pk: foresee(change, from_day=day).falls for change in plan.policies}
    program.go_live(business=history.business, by=history.by, at=history.at, holds_from=day)
    for _ in range(12):
        history.at += timedelta(days=history.rng.randrange(1, 20))
        history.job()
    rows = {unit: UnitPolicy.objects.filter(unit=unit).latest("pk") for unit in foreseen}
    assert {unit: taken(row, history.business) for unit, row in rows.items()} == foreseen
    if seed in LOSING:
        assert any(foreseen.values())


def taken(row: UnitPolicy, business: Business) -> tuple[Fall, ...]:
    """Return what was booked because of a change, by last good day."""
    entries = Entry.objects.filter(kind=EntryKind.EXPIRE, unit=row.unit_id, why__change=row.pk)
    days: dict[date, list[Entry]] = {}
    for entry in entries:
        days.setdefault(local_day(entry.at, business.time_zone) - timedelta(days=1), []).append(entry)
    return tuple(
        Fall(day, len({entry.account_id for entry in days[day]}), -sum(entry.amount for entry in days[day]))
        for day in sorted(days)
    )


class TestGoingLiveInTime:
    def check(self, books: Books, day: date | None, **unit) -> None:
        draft(books, **unit)
        announcements.check_day(business=books.role.business, holds_from=day, at=NOW)

    def test_a_shorter_expiry_asks_for_a_day(self, books: Books):
        with pytest.raises(DayNeeded):
            self.check(books, None, **QUIET)

    def test_today_is_too_soon(self, books: Books):
        with pytest.raises(TooSoon) as refused:
            self.check(books, NOW.date(), **QUIET)
        assert refused.value.first == date(2026, 6, 2)

    def test_a_day_ahead_is_taken(self, books: Books):
        assert self.check(books, JULY, **QUIET) is None

    def test_a_longer_expiry_asks_for_none(self, books: Books):
        assert self.check(books, None) is None

    def test_a_lower_cap_asks_for_a_day(self, books: Books):
        capped = replace(RULE, fields={"limit_per_day": 5})
        draft(books, rules=(capped,))
        with pytest.raises(DayNeeded):
            announcements.check_day(business=books.role.business, holds_from=None, at=NOW)


class TestTheBooksOfIt:
    def test_the_first_policy_of_a_unit_holds_from_always(self):
        books = open_books(**QUIET)
        assert (books.unit.steps_kept, UnitPolicy.objects.count()) == (None, 0)

    def test_a_change_writes_what_held_before_and_what_holds_from_its_day(self, books: Books):
        go_live(books, **QUIET)
        rows = UnitPolicy.objects.order_by("pk").values_list("from_day", "expiry", "expiry_count")
        assert list(rows) == [(None, "never", 0), (JULY, "inactivity_months", 6)]

    def test_it_is_on_record(self, books: Books):
        go_live(books, **QUIET)
        event = AuditEvent.objects.get(verb="expiry.change")
        assert event.data["changes"]["from_day"] == [None, "2026-07-01"]

    def test_a_draft_changes_nothing_of_what_is_held(self, books: Books):
        draft(books, **QUIET)
        books.unit.refresh_from_db()
        assert books.unit.policy == ExpiryPolicy()

    def test_a_unit_that_is_no_longer_live_is_not_changed_by_a_draft(self, books: Books):
        beans = UnitDraft("beans", UnitKind.POINTS, "beans", "bean")
        rule = replace(RULE, unit="beans")
        program.draft(business=books.role.business, name="B", units=[beans], rules=[rule], by=books.by, at=NOW)
        program.go_live(business=books.role.business, by=books.by, at=NOW)
        draft(books, **QUIET)
        books.unit.refresh_from_db()
        assert books.unit.policy.kind is ExpiryKind.NEVER

    def test_an_award_gets_the_day_of_the_policy_of_its_day(self, books: Books):
        go_live(books, expiry="days", expiry_count=10)
        books.buy(100, at=noon(JULY) - timedelta(days=1))
        books.buy(100, at=noon(JULY))
        days = Lot.objects.filter(account=books.account).order_by("pk").values_list("last_good_day", flat=True)
        assert list(days) == [None, None, date(2026, 7, 11)]

    def test_the_ledger_holds(self, books: Books):
        go_live(books, **QUIET)
        books.expire(noon(LAST) + timedelta(days=1))
        assert [finding.invariant for finding in verify() if finding.number] == []


class TestCapsAndSizes:
    def capped(self, limit: int | None) -> RuleDraft:
        return replace(RULE, fields={"limit_per_day": limit})

    def run(self, books: Books, limit: int | None, holds_from: date | None = JULY) -> None:
        draft(books, rules=(self.capped(limit),))
        program.go_live(business=books.role.business, by=books.by, at=NOW, holds_from=holds_from)

    def earned(self, books: Books, day: date) -> int:
        card = replace(books, account=open_account(business=books.role.business, at=START))
        card.buy(100_00, at=noon(day))
        return card.balance

    def test_a_lower_cap_holds_from_its_day(self, books: Books):
        self.run(books, 5)
        assert [self.earned(books, JULY - timedelta(days=1)), self.earned(books, JULY)] == [100, 5]

    def test_the_cap_before_it_holds_until_then(self, books: Books):
        self.run(books, 20)
        self.run(books, 5, JULY + timedelta(days=10))
        assert [self.earned(books, JULY + timedelta(days=9)), self.earned(books, JULY + timedelta(days=10))] == [100, 5]

    def test_a_higher_cap_holds_at_once(self, books: Books):
        self.run(books, 5, NOW.date())
        self.run(books, 9)
        assert self.earned(books, NOW.date()) == 9

    def test_a_change_of_something_else_leaves_the_day_of_a_cap(self, books: Books):
        self.run(books, 5)
        self.run(books, 5, None)
        assert [self.earned(books, JULY - timedelta(days=1)), self.earned(books, JULY)] == [100, 5]

    def test_no_rule_gives_more_than_the_cap_of_its_day(self, books: Books):
        self.run(books, 20, NOW.date())
        self.run(books, 5)
        self.earned(books, NOW.date())
        self.earned(books, JULY)
        assert [finding.invariant for finding in verify() if finding.number] == []

    def test_a_card_has_its_new_size_from_its_day(self):
        books = open_books(card_size=10)
        go_live(books, card_size=12)
        assert [books.unit.card_size_on(JULY - timedelta(days=1)), books.unit.card_size_on(JULY)] == [10, 12]


class TestCallingOff:
    def call_off(self, books: Books, at: datetime = NOW + timedelta(days=1)) -> None:
        announcements.call_off(business=books.role.business, by=books.by, at=at)
        books.unit.refresh_from_db()

    def test_what_was_to_come_does_not(self, books: Books):
        go_live(books, **QUIET)
        self.call_off(books)
        assert (books.expire(noon(LAST) + timedelta(days=400)), books.balance) == (0, 540)

    def test_the_live_version_says_what_holds(self, books: Books):
        go_live(books, **QUIET)
        self.call_off(books)
        live = live_program(books.role.business)
        assert live
        assert (live.units["points"].policy, next_day(live, date(2026, 6, 2))) == (ExpiryPolicy(), None)

    def test_a_cap_to_come_does_not_come(self, books: Books):
        draft(books, rules=(replace(RULE, fields={"limit_per_day": 5}),))
        program.go_live(business=books.role.business, by=books.by, at=NOW, holds_from=JULY)
        self.call_off(books)
        books.buy(100_00, at=noon(JULY))
        assert books.balance == 640

    def test_nothing_else_changes(self, books: Books):
        go_live(books, **QUIET)
        before = live_program(books.role.business)
        self.call_off(books)
        after = live_program(books.role.business)
        assert before
        assert after
        assert [replace(rule, id=None) for rule in before.rules.rules] == [
            replace(rule, id=None) for rule in after.rules.rules
        ]

    def test_it_is_on_record(self, books: Books):
        go_live(books, **QUIET)
        self.call_off(books)
        assert AuditEvent.objects.filter(verb="program.change_called_off").count() == 1

    def test_what_holds_already_is_not_called_off(self, books: Books):
        go_live(books, **QUIET)
        before = UnitPolicy.objects.count()
        with pytest.raises(NothingComing):
            self.call_off(books, noon(JULY))
        assert UnitPolicy.objects.count() == before

    def test_it_is_no_longer_announced(self, books: Books):
        go_live(books, **QUIET)
        self.call_off(books)
        assert announced(books.role.business, NOW + timedelta(days=1)) == []
