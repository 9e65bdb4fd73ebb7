"""Rules in plain words."""

from datetime import UTC, datetime

import pytest
from django.utils import translation

from loyalty.domain import program as program_domain
from loyalty.domain.program import BonusDraft, RuleDraft, UnitDraft
from loyalty.models import Unit, UnitKind
from loyalty.queries.explain import (
    changes_in_words,
    expiry_in_words,
    quantity_in_words,
    rules_in_words,
    unit_in_words,
)
from loyalty.queries.program import LiveProgram, draft_version, live_program, load_program
from tests.world import NOW, World

BEANS = UnitDraft("points", UnitKind.POINTS, "beans", "bean")
PER_EURO = RuleDraft("points", "Beans", "purchase", "per_amount", 1, per_amount=100)


def words(world: World, *rules: RuleDraft, bonuses: tuple[BonusDraft, ...] = (), locale: str = "en") -> list[str]:
    version = program_domain.draft(
        business=world.business, name="Club", units=[BEANS], rules=rules, bonuses=bonuses, by=world.at_console(), at=NOW
    )
    return rules_in_words(load_program(version), locale)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (PER_EURO, "1 bean for every €1.00 spent"),
        (
            RuleDraft("points", "", "purchase", "per_amount", 2, per_amount=1000, fields={"whole_steps": True}),
            "2 beans for every full €10.00 spent",
        ),
        (RuleDraft("points", "", "visit", "flat", 1), "1 bean for every visit"),
        (
            RuleDraft("points", "", "purchase", "flat", 1, fields={"minimum": 500, "limit_per_day": 2}),
            "1 bean for every purchase, from a purchase of €5.00, at most 2 beans a day",
        ),
        (
            RuleDraft("points", "", "purchase", "per_item", 1, fields={"included_categories": ["Drinks", "Cakes"]}),
            "1 bean for every item, only Cakes and Drinks",
        ),
        (
            RuleDraft("points", "", "visit", "flat", 5, fields={"weekdays": [1, 3], "exclusive": True}),
            "5 beans for every visit, on Tuesday and Thursday, instead of the other rules",
        ),
    ],
)
def test_a_rule_is_said_in_words(world: World, rule: RuleDraft, said: str) -> None:
    assert words(world, rule) == [said]


def test_a_bonus_is_said_with_its_window_in_the_business_s_days(world: World) -> None:
    window = {"starts_at": datetime(2026, 6, 30, 22, tzinfo=UTC), "ends_at": datetime(2026, 7, 31, 22, tzinfo=UTC)}
    double = BonusDraft("points", "Summer", factor_thousandths=2000, fields=window)
    gift = BonusDraft("points", "Gift", factor_thousandths=1500, addition=10)
    rates = BonusDraft("points", "Rates", factor_thousandths=2000, multiplies_flat=False)
    assert words(world, PER_EURO, bonuses=(double, gift, rates))[1:] == [
        "Beans × 2, from Jul 1, 2026 to Jul 31, 2026",  # noqa: RUF001
        "Beans × 1.5 and 10 beans more",  # noqa: RUF001
        "Beans × 2, but not what is given once",  # noqa: RUF001
    ]


def test_numbers_follow_the_locale(world: World) -> None:
    rule = RuleDraft("points", "", "purchase", "per_amount", 1500, per_amount=100)
    (said,) = words(world, rule, locale="et")
    assert ("1\xa0500 beans" in said, "1,00\xa0€" in said) == (True, True)


def test_one_is_named_as_one() -> None:
    stars = Unit(name="stars", name_one="star", decimals=1)
    assert [quantity_in_words(n, stars, "en") for n in (10, 996)] == ["1.0 star", "99.6 stars"]


@pytest.mark.parametrize(
    ("expiry", "count", "said"),
    [
        ("days", 1, "They are good for 1 day."),
        ("months", 12, "They are good for 12 months."),
        ("months_end_of_month", 12, "They are good for 12 months, to the end of that month."),
        ("end_of_year", 0, "They are good to the end of the year."),
        ("end_of_year", 1, "They are good to the end of next year."),
        ("end_of_year", 2, "They are good to the end of the year, 2 years on."),
        ("inactivity_days", 90, "They expire after 90 days without a visit."),
        ("inactivity_months", 18, "They expire after 18 months without a visit."),
    ],
)
def test_expiry_is_said_in_words(expiry: str, count: int, said: str) -> None:
    with translation.override("en"):
        assert expiry_in_words(Unit(expiry=expiry, expiry_count=count)) == said


def test_a_unit_is_said_in_words() -> None:
    with translation.override("en"):
        card = Unit(card_size=10, rounding="half_up", expiry="days", expiry_count=30)
        assert unit_in_words(card) == ["A card has 10 places.", "They are good for 30 days.", "Fractions are rounded."]
        assert unit_in_words(Unit(rounding="up")) == ["They never expire.", "Fractions are rounded up."]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (1, "They can be spent from the day after they were earned."),
        (14, "They can be spent from 14 days after they were earned."),
    ],
)
def test_a_hold_is_said_in_words(days: int, said: str) -> None:
    with translation.override("en"):
        assert unit_in_words(Unit(hold_days=days))[0] == said


def all_in_words(program: LiveProgram) -> list[str]:
    """Return what is said of a program: its name, its rules, its units."""
    name = f"The program is called “{program.version.name}”."
    units = [f"{unit.name.capitalize()}: {said}" for unit in program.units.values() for said in unit_in_words(unit)]
    return [name, *rules_in_words(program, "en"), *units]


def test_a_draft_says_what_it_changes(world: World) -> None:
    words(world, PER_EURO)
    draft, live = load_program(draft_version(world.business)), live_program(world.business)
    changed = changes_in_words(live, draft, "en")
    assert (changed.new, changed.gone, changed.kept) == (all_in_words(draft), all_in_words(live), [])


def test_what_a_draft_leaves_alone_is_kept(world: World) -> None:
    words(world, PER_EURO)
    draft = load_program(draft_version(world.business))
    changed = changes_in_words(draft, draft, "en")
    assert (changed.new, changed.gone, changed.kept) == ([], [], all_in_words(draft))


def test_a_first_draft_is_all_new(world: World) -> None:
    words(world, PER_EURO)
    draft = load_program(draft_version(world.business))
    assert changes_in_words(None, draft, "en").new == all_in_words(draft)
