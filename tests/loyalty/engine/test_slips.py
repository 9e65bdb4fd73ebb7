"""What is unusual by a shop's own history, what a missing decimal mark explains, and what was recorded a moment ago."""

from dataclasses import replace
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.engine.amounts import with_mark_put_in
from loyalty.engine.slips import Doubt, Earlier, Purchase, Twin, doubt, starting_point, usual_up_to
from tests.world import NOW

CAFE = [Random(8).randint(200, 1700) for _ in range(100)]
START = starting_point("EUR")


def earlier(*totals: int, account: int | None = 1, till: int = 1, ago: int = 3600, **more: object) -> list[Earlier]:
    at = NOW - timedelta(seconds=ago)
    values: dict[str, object] = {"is_visit": False, "receipt": ""} | more
    return [Earlier(f"k{n}", UUID(int=n), total, account=account, till=(till, None), at=at, **values)
            for n, total in enumerate(totals)]  # fmt: skip


def buy(total: int, *, account: int | None = 1, till: int = 1, **more: object) -> Purchase:
    return Purchase(total, False, "", account, (till, None), NOW, **more)


class TestUsual:
    @pytest.mark.parametrize(
        ("totals", "usual"),
        [
            ([], 10_000),
            ([300] * 7, 10_000),
            ([300] * 8, 1800),
            ([320, 450, 450, 510, 620, 890, 1250, 1_234_500], 3750),
            ([100] * 95 + [100_000] * 5, 600),
            ([100] * 90 + [1000] * 10, 3000),
        ],
    )
    def test_by_quantiles_that_a_slip_does_not_move(self, totals, usual):
        assert usual_up_to(totals, 10_000) == usual

    @given(st.lists(st.integers(1, 10**9), max_size=120), st.randoms())
    def test_in_whatever_order(self, totals, random):
        mixed = random.sample(totals, len(totals))
        assert usual_up_to(mixed, START) == usual_up_to(totals, START)

    @given(st.lists(st.integers(1, 10**6), min_size=8, max_size=100))
    def test_nineteen_in_twenty_of_the_past_are_usual(self, totals):
        limit = usual_up_to(totals, START)
        assert sum(total <= limit for total in totals) * 20 >= len(totals) * 19 - 20

    @pytest.mark.parametrize(
        ("currency", "start"), [("EUR", 10_000), ("USD", 10_000), ("VND", 3_000_000), ("HUF", 3_000_000),
                                ("JPY", 10_000), ("KWD", 100_000), ("eur", 10_000), ("XXX", 10_000)]
    )  # fmt: skip
    def test_before_a_history_by_the_scale_of_the_currency(self, currency, start):
        assert starting_point(currency) == start

    def test_or_by_that_of_the_program(self):
        assert starting_point("EUR", largest_step=10_000) == 200_000


class TestUnusual:
    @pytest.mark.parametrize("total", [1_234_500, 45_000, 10_000])
    def test_in_a_cafe(self, total):
        found = doubt(buy(total), earlier(*CAFE), start=START)
        assert (bool(found), found.usual) == (True, usual_up_to(CAFE, START))

    @pytest.mark.parametrize("total", [1, 350, 1700, 3000])
    def test_not_in_a_cafe(self, total):
        assert not doubt(buy(total), earlier(*CAFE, account=2, till=2), start=START)

    def test_on_the_first_day(self):
        assert doubt(buy(1_234_500), [], start=START).usual == START
        assert not doubt(buy(450), [], start=START)

    def test_visits_and_free_ones_say_nothing_of_amounts(self):
        visits = earlier(*[0] * 50, is_visit=True)
        assert not doubt(buy(4000), visits, start=START)


class TestMissingMark:
    @pytest.mark.parametrize(
        ("text", "currency", "meant"),
        [
            ("450", "EUR", 450), (" 450 ", "EUR", 450), ("€450", "EUR", 450), ("4500", "KWD", 4500),
            ("4.50", "EUR", None), ("4,50", "EUR", None), ("45", "EUR", None), ("1 450", "EUR", None),
            ("450", "VND", None), ("450", "KWD", None), ("012", "EUR", None), ("", "EUR", None), ("abc", "EUR", None),
            ("٤٥٠", "EUR", None), ("9" * 40, "EUR", None),
        ],
    )  # fmt: skip
    def test_digits_alone_are_read_with_one(self, text, currency, meant):
        assert with_mark_put_in(text, currency=currency, locale="en") == meant

    def test_what_would_be_usual_is_offered(self):
        assert doubt(buy(45_000, instead=450), earlier(*CAFE), start=START).instead == 450

    @pytest.mark.parametrize("instead", [12_345, 10])
    def test_what_would_be_as_odd_is_not(self, instead):
        assert doubt(buy(instead * 100 + 100_000, instead=instead), earlier(*CAFE), start=START).instead is None

    def test_what_is_usual_as_it_stands_is_not_asked(self):
        assert doubt(buy(1000, instead=10), earlier(*CAFE, account=2, till=2), start=START) == Doubt()


class TestTwin:
    def asked(self, purchase: Purchase, before: list[Earlier]) -> Twin | None:
        return doubt(purchase, before, start=START).twin

    def test_for_the_same_customer(self):
        assert self.asked(buy(450), earlier(450, ago=20)) == Twin(UUID(int=0), same_customer=True, seconds=20)

    @pytest.mark.parametrize(("ago", "asked"), [(0, True), (59, True), (60, False), (-1, False)])
    def test_within_a_minute(self, ago, asked):
        assert bool(self.asked(buy(450), earlier(450, ago=ago))) is asked

    def test_another_amount_is_none(self):
        assert self.asked(buy(451), earlier(450, ago=20)) is None

    @pytest.mark.parametrize(("till", "asked"), [(1, True), (2, False)])
    def test_for_another_customer_at_the_same_till(self, till, asked):
        found = self.asked(buy(450, account=2, till=till), earlier(450, ago=20))
        assert found == (Twin(UUID(int=0), same_customer=False, seconds=20) if asked else None)

    def test_two_walk_ins_are_two_customers(self):
        found = self.asked(buy(450, account=None), earlier(450, account=None, ago=20))
        assert found == Twin(UUID(int=0), same_customer=False, seconds=20)

    def test_a_common_price_is_paid_by_one_after_the_other(self):
        before = [*earlier(450, ago=20), *earlier(450, 450, 450)]
        assert self.asked(buy(450, account=2), before) is None
        assert self.asked(buy(450), before) == Twin(UUID(int=0), same_customer=True, seconds=20)

    def test_the_twins_themselves_make_no_price(self):
        assert self.asked(buy(450, account=9), earlier(450, 450, 450, 450, ago=20)) is not None

    def test_receipts_tell_by_themselves(self):
        before = earlier(450, ago=20, receipt="R-1")
        assert self.asked(replace(buy(450), receipt="R-2"), before) is None
        assert self.asked(replace(buy(450), receipt="R-1"), before) is None
        assert self.asked(buy(450), before) is not None

    def test_a_visit_has_a_twin_only_for_the_same_customer(self):
        visit = replace(buy(0), is_visit=True)
        assert self.asked(visit, earlier(0, ago=20, is_visit=True)) is not None
        assert self.asked(replace(visit, account=2), earlier(0, ago=20, is_visit=True)) is None
        assert self.asked(visit, earlier(0, ago=20)) is None

    def test_the_latest_one_is_named(self):
        before = [*earlier(450, ago=50), *[replace(each, public_id=UUID(int=7)) for each in earlier(450, ago=10)]]
        assert self.asked(buy(450), before) == Twin(UUID(int=7), same_customer=True, seconds=10)
