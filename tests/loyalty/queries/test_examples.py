"""Worked examples, reckoned by the engine."""

import re

from loyalty.domain import program as program_domain
from loyalty.domain.program import BonusDraft, RuleDraft, UnitDraft
from loyalty.models import UnitKind
from loyalty.queries.examples import award_in_words, purchase, worked_examples
from loyalty.queries.program import LiveProgram
from tests.world import NOW, World

BEANS = UnitDraft("points", UnitKind.POINTS, "beans", "bean")
STAMPS = UnitDraft("stamps", UnitKind.STAMPS, "stamps", "stamp", card_size=10)
PER_EURO = RuleDraft("points", "Beans", "purchase", "per_amount", 1, per_amount=100)


def imagined(world: World, *rules: RuleDraft, bonuses: tuple[BonusDraft, ...] = ()) -> LiveProgram:
    return program_domain.imagine(
        business=world.business, name="Club", units=[BEANS, STAMPS], rules=rules, bonuses=bonuses
    )


def test_a_purchase_and_a_visit(world: World) -> None:
    program = imagined(world, PER_EURO, RuleDraft("stamps", "", "visit", "flat", 1))
    assert worked_examples(program, NOW, "en") == [
        "A purchase of €12.50 earns 12 beans and 1 stamp.",
        "A visit without a purchase earns 1 stamp.",
    ]


def earned(program: LiveProgram) -> list[tuple[str, str]]:
    """Return of each example the amount of the purchase and what it earns, as they stand in the sentence."""
    found = [re.search(r"(€[\d.]+).* (nothing|\d+ \w+)\.$", said) for said in worked_examples(program, NOW, "en")]
    return [match.groups() for match in found if match]


def test_days_that_earn_more(world: World) -> None:
    double = BonusDraft("points", "Double", factor_thousandths=2000, fields={"weekdays": [1, 3]})
    program = imagined(world, PER_EURO, bonuses=(double,))
    assert earned(program) == [("€12.50", "12 beans")]
    assert worked_examples(program, NOW, "en")[1:] == ["On Tuesday and Thursday it earns 25 beans."]


def test_a_minimum(world: World) -> None:
    minimum = RuleDraft("points", "", "purchase", "flat", 5, fields={"minimum": 2000})
    assert earned(imagined(world, minimum)) == [("€12.50", "nothing"), ("€20.00", "5 beans")]


def test_a_large_step(world: World) -> None:
    large = RuleDraft("points", "", "purchase", "per_amount", 1, per_amount=10000, fields={"whole_steps": True})
    assert earned(imagined(world, large)) == [("€250.00", "2 beans")]


def test_pieces_of_what_a_rule_names(world: World) -> None:
    drinks = RuleDraft("stamps", "", "purchase", "per_item", 1, fields={"included_categories": ["Drinks"]})
    program = imagined(world, drinks)
    assert earned(program) == [("€12.50", "nothing"), ("€12.50", "3 stamps")]
    assert worked_examples(program, NOW, "en")[1:] == ["3 × Drinks for €12.50 earn 3 stamps."]  # noqa: RUF001


def test_pieces_of_anything(world: World) -> None:
    every = RuleDraft("stamps", "", "purchase", "per_item", 1)
    assert worked_examples(imagined(world, every), NOW, "en")[-1] == "3 items for €12.50 earn 3 stamps."


def test_a_purchase_of_one_s_own(world: World) -> None:
    program = imagined(world, PER_EURO)
    assert award_in_words(purchase(program, 1999, NOW), program, "et") == "19 beans"
