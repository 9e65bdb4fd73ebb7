"""The program in words, and its draft's editor."""

import pytest
from django.test import Client
from django.urls import reverse

from loyalty.domain import program, rules
from loyalty.domain.program import BonusDraft
from loyalty.domain.rules import Piece
from loyalty.models import Business, EarningRule, ProgramVersion
from loyalty.queries.examples import worked_examples
from loyalty.queries.explain import rules_in_words, unit_in_words
from loyalty.queries.program import draft_version, history, live_program, live_version, load_program
from tests.pages import actions, alerts, has_summary, links, refused, select, texts, undo_offers, value_of
from tests.world import NOW, World, open_shop

RULE = {"kind": "amount", "award": "2", "per_amount": "1.00", "unit": "points", "name": "Beans"}
BEANS = {"name": "beans", "name_one": "bean", "rounding": "down", "expiry": "months", "expiry_count": "12"}


@pytest.fixture
def drafted(world: World) -> ProgramVersion:
    return program.draft_from(version=live_version(world.business), by=world.at_console(), at=NOW)


def url(name: str, **kwargs: object) -> str:
    return reverse(f"loyalty:{name}", kwargs={"business": "luna", **kwargs})


def pieces(version: ProgramVersion | None) -> list[Piece]:
    """Return the rules and bonuses of a version as they would be drafted anew."""
    assert version
    return [rules.as_piece(row) for row in (*version.rules.order_by("position"), *version.bonuses.order_by("pk"))]


def is_as_live(business: Business) -> bool:
    """Return whether nothing was changed in the draft."""
    return pieces(draft_version(business)) == pieces(live_version(business))


def added(business: Business) -> Piece:
    """Return what the draft has more than what is live."""
    live, drafted = pieces(live_version(business)), pieces(draft_version(business))
    assert drafted[: len(live)] == live
    (piece,) = drafted[len(live) :]
    return piece


def test_what_is_live_is_said_in_words_and_examples(world: World, manager: Client) -> None:
    page, live = manager.get(url("program")), live_program(world.business)
    assert texts(page, ".rules-in-words li") == rules_in_words(live, "en")
    shown = texts(page, "li")
    for said in (*worked_examples(live, NOW, "en"), *(line for u in live.units.values() for line in unit_in_words(u))):
        assert said in shown


@pytest.mark.parametrize(("amount", "headers"), [("7,80", {"HX-Request": "true"}), ("7.80", {})])
def test_an_amount_can_be_tried(manager: Client, amount: str, headers: dict[str, str]) -> None:
    page = manager.get(url("program"), {"amount": amount}, headers=headers)
    assert texts(page, "#tried b") == ["7 points and 1 stamp"]
    assert bool(select(page, "html")) == (not headers)


def test_an_amount_that_cannot_be_read_is_told_so(manager: Client) -> None:
    page = manager.get(url("program"), {"amount": "seven"})
    assert (page.status_code, refused(page), texts(page, "#tried")) == (200, {"amount": ["not_a_number"]}, [""])
    assert select(page, "#id_amount_error")


def test_without_a_program_the_set_up_is_offered(client: Client, world: World) -> None:
    role = open_shop(world.owner, "Bean", "bean")
    client.force_login(role.user)
    page = client.get(reverse("loyalty:program", kwargs={"business": "bean"}))
    assert page.context.get("shown") is None
    assert "/console/bean/setup/" in links(page)


@pytest.mark.parametrize("bonuses", [1, 3])
def test_queries_do_not_grow_with_the_rules(
    world: World, manager: Client, drafted: ProgramVersion, bonuses: int, django_assert_num_queries
) -> None:
    for number in range(bonuses):
        bonus = BonusDraft("points", f"Bonus {number}", factor_thousandths=2000)
        rules.add(business=world.business, piece=bonus, by=world.at_console(), at=NOW)
    manager.get(url("draft"))
    with django_assert_num_queries(6):
        assert manager.get(url("program")).status_code == 200
    with django_assert_num_queries(11):
        assert manager.get(url("draft")).status_code == 200


def test_change_makes_a_draft_of_what_is_live(world: World, manager: Client) -> None:
    assert manager.post(url("program-change")).url == url("draft")
    assert is_as_live(world.business)


def test_a_second_change_leads_to_the_draft_that_is_there(
    world: World, manager: Client, drafted: ProgramVersion
) -> None:
    again = manager.post(url("program-change"), follow=True)
    assert (again.redirect_chain[-1][0], alerts(again)) == (url("draft"), ["info"])
    assert "There is a draft already." in again.text
    assert ProgramVersion.objects.filter(business=world.business).count() == 2


def test_a_rule_is_added_with_all_its_conditions(world: World, manager: Client, drafted: ProgramVersion) -> None:
    more = {
        "minimum": "5", "limit_per_day": "100", "weekdays": ["0", "4"], "first_day": "2026-06-01",
        "last_day": "2026-06-30", "excluded_categories": "Gift cards\r\n Tobacco ", "whole_steps": "on",
    }  # fmt: skip
    assert manager.post(url("rules-add"), RULE | more).url == url("draft")
    rule = added(world.business)
    assert (rule.name, rule.unit, rule.award, rule.per_amount) == ("Beans", "points", 2, 100)
    assert {name: rule.fields[name] for name in ("minimum", "limit_per_day", "weekdays", "whole_steps")} == {
        "minimum": 500, "limit_per_day": 100, "weekdays": [0, 4], "whole_steps": True,
    }  # fmt: skip
    assert rule.fields["excluded_categories"] == ["Gift cards", "Tobacco"]
    window = [rule.fields[end].isoformat() for end in ("starts_at", "ends_at")]
    assert window == ["2026-05-31T22:00:00+00:00", "2026-06-30T22:00:00+00:00"]


def test_a_draft_leaves_what_is_live_alone(world: World, manager: Client, drafted: ProgramVersion) -> None:
    before = pieces(live_version(world.business))
    manager.post(url("rules-add"), RULE)
    assert pieces(live_version(world.business)) == before


@pytest.mark.parametrize(
    ("changed", "kept"),
    [
        ({"kind": "visit", "per_amount": ""}, ("points", "visit", "flat", 2, 0)),
        ({"kind": "purchase", "per_amount": "nonsense"}, ("points", "purchase", "flat", 2, 0)),
        ({"kind": "item", "unit": "stamps"}, ("stamps", "purchase", "per_item", 2, 0)),
        ({}, ("points", "purchase", "per_amount", 2, 100)),
    ],
)
def test_every_kind_of_rule(
    world: World, manager: Client, drafted: ProgramVersion, changed: dict[str, str], kept: tuple[object, ...]
) -> None:
    manager.post(url("rules-add"), RULE | changed)
    rule = added(world.business)
    assert (rule.unit, rule.trigger, rule.method, rule.award, rule.per_amount) == kept


def test_a_rule_may_count_instead_of_the_others(world: World, manager: Client, drafted: ProgramVersion) -> None:
    manager.post(url("rules-add"), RULE | {"exclusive": "on", "priority": "5"})
    fields = added(world.business).fields
    assert (fields["exclusive"], fields["priority"]) == (True, 5)


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"award": ""}, "award", "required"),
        ({"award": "0"}, "award", "least"),
        ({"award": "100001"}, "award", "most"),
        ({"per_amount": ""}, "per_amount", "required"),
        ({"unit": "gold"}, "unit", "invalid_choice"),
        ({"first_day": "2026-06-02", "last_day": "2026-06-01"}, "last_day", ""),
        ({"first_day": "soon"}, "first_day", "invalid"),
        ({"included_items": "x" * 81}, "included_items", ""),
        ({"priority": "high"}, "priority", "invalid"),
    ],
)
def test_a_wrong_rule_is_refused_beside_its_field_and_changes_nothing(
    world: World, manager: Client, drafted: ProgramVersion, wrong: dict[str, str], field: str, code: str
) -> None:
    page = manager.post(url("rules-add"), RULE | wrong)
    assert (page.status_code, refused(page), has_summary(page)) == (422, {field: [code]}, True)
    assert select(page, f"#id_{field}_error")
    assert value_of(page, "name") == "Beans"
    assert is_as_live(world.business)


def test_a_form_of_a_rule_saved_as_it_is_shown_changes_nothing(
    world: World, manager: Client, drafted: ProgramVersion
) -> None:
    manager.post(url("rules-add"), RULE | {"minimum": "5.50", "last_day": "2026-06-30", "included_items": "a\nb"})
    row = EarningRule.objects.get(name="Beans")
    before = rules.as_piece(row)
    shown = manager.get(url("rules-change", public_id=row.public_id)).context["form"]
    sent = {name: shown[name].value() for name in shown.fields if shown[name].value() not in (None, False, [])}
    sent["last_day"] = "2026-06-30"
    assert manager.post(url("rules-change", public_id=row.public_id), sent).status_code == 302
    row.refresh_from_db()
    assert rules.as_piece(row) == before


BONUS = {"unit": "points", "factor": "1.5", "addition": "10", "last_day": "2026-06-30", "weekdays": ["1"]}
REMOVABLE = {"rules": RULE | {"last_day": "2026-06-30"}, "bonuses": BONUS}


@pytest.mark.parametrize("part", REMOVABLE)
def test_what_is_removed_comes_back_by_undo(world: World, manager: Client, drafted: ProgramVersion, part: str) -> None:
    manager.post(url(f"{part}-add"), REMOVABLE[part])
    before = added(world.business)
    row = (drafted.rules.order_by("position") if part == "rules" else drafted.bonuses.all()).last()
    page = manager.post(url(f"{part}-remove", public_id=row.public_id), follow=True)
    assert is_as_live(world.business)
    (undo,) = undo_offers(page)
    assert undo in actions(page)
    assert manager.post(undo).url == url("draft")
    assert added(world.business) == before


@pytest.mark.parametrize("part", REMOVABLE)
def test_a_forged_undo_adds_nothing(world: World, manager: Client, drafted: ProgramVersion, part: str) -> None:
    manager.post(url(f"{part}-add"), REMOVABLE[part])
    row = (drafted.rules.order_by("position") if part == "rules" else drafted.bonuses.all()).last()
    (undo,) = undo_offers(manager.post(url(f"{part}-remove", public_id=row.public_id), follow=True))
    assert manager.post(f"{undo[:-3]}x/").status_code == 404
    assert is_as_live(world.business)


def test_a_bonus_asks_for_a_gain(world: World, manager: Client, drafted: ProgramVersion) -> None:
    page = manager.post(url("bonuses-add"), {"unit": "points"})
    assert (page.status_code, refused(page)) == (422, {"factor": [""]})
    assert is_as_live(world.business)


def test_a_bonus_is_added_and_shown_again(world: World, manager: Client, drafted: ProgramVersion) -> None:
    manager.post(url("bonuses-add"), {"unit": "points", "factor": "10"})
    bonus = added(world.business)
    assert (bonus.unit, bonus.factor_thousandths, bonus.addition) == ("points", 10000, 0)
    shown = manager.get(url("bonuses-change", public_id=drafted.bonuses.get().public_id))
    assert value_of(shown, "factor") == "10"


@pytest.mark.parametrize(("sent", "kept"), [({}, True), ({"only_rates": "on"}, False)])
def test_a_multiplier_may_leave_alone_what_is_given_once(
    world: World, manager: Client, drafted: ProgramVersion, sent: dict[str, str], kept: bool
) -> None:
    manager.post(url("bonuses-add"), {"unit": "points", "factor": "2", **sent})
    assert drafted.bonuses.get().multiplies_flat is kept
    shown = manager.get(url("bonuses-change", public_id=drafted.bonuses.get().public_id))
    assert bool(select(shown, "[name=only_rates][checked]")) is not kept


def units(world: World) -> dict[str, object]:
    return load_program(draft_version(world.business)).units


def test_a_unit_is_renamed_in_the_draft_alone(world: World, manager: Client, drafted: ProgramVersion) -> None:
    manager.post(url("unit-change", code="points"), BEANS)
    assert units(world)["points"].name == "beans"
    world.points.refresh_from_db()
    assert world.points.name == "points"


def test_a_unit_that_expires_says_after_how_long(world: World, manager: Client, drafted: ProgramVersion) -> None:
    page = manager.post(url("unit-change", code="points"), BEANS | {"expiry_count": ""})
    assert (page.status_code, refused(page)) == (422, {"expiry_count": [""]})
    assert units(world)["points"].expiry == "never"


def test_a_second_stamp_card_is_added_and_removed(world: World, manager: Client, drafted: ProgramVersion) -> None:
    lunch = BEANS | {"kind": "stamps", "name": "lunches", "card_size": "5", "decimals": "2"}
    manager.post(url("unit-add"), lunch)
    card = units(world)["stamps-2"]
    assert (card.card_size, card.decimals) == (5, 0)
    manager.post(url("unit-remove", code="stamps-2"))
    assert sorted(units(world)) == ["points", "stamps"]


def test_a_unit_that_rules_award_is_not_removed(world: World, manager: Client, drafted: ProgramVersion) -> None:
    in_use = manager.post(url("unit-remove", code="points"), follow=True)
    assert "Rules of the draft still award points." in in_use.text
    assert (alerts(in_use), sorted(units(world))) == (["error"], ["points", "stamps"])


def test_a_hold_is_drafted_and_shown_again(world: World, manager: Client, drafted: ProgramVersion) -> None:
    manager.post(url("unit-change", code="points"), BEANS | {"hold_days": "14"})
    assert units(world)["points"].hold_days == 14
    assert value_of(manager.get(url("unit-change", code="points")), "hold_days") == "14"
    world.points.refresh_from_db()
    assert world.points.hold_days == 0


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"hold_days": "28"}, ""),
        ({"hold_days": "1", "expiry": "end_of_year", "expiry_count": ""}, ""),
        ({"hold_days": "-1"}, "min_value"),
        ({"hold_days": "366"}, "max_value"),
    ],
)
def test_a_hold_that_outlasts_the_validity_is_refused(
    world: World, manager: Client, drafted: ProgramVersion, sent: dict[str, str], code: str
) -> None:
    page = manager.post(url("unit-change", code="points"), BEANS | {"expiry_count": "1"} | sent)
    assert (page.status_code, refused(page)) == (422, {"hold_days": [code]})
    assert units(world)["points"].hold_days == 0


def test_a_draft_has_a_name(world: World, manager: Client, drafted: ProgramVersion) -> None:
    page = manager.post(url("draft-settings"), {"name": " "})
    assert (page.status_code, refused(page)) == (422, {"name": ["required"]})
    assert draft_version(world.business).name == "Regulars club"


def test_settings_of_the_draft(world: World, manager: Client, drafted: ProgramVersion) -> None:
    manager.post(url("draft-settings"), {"name": "Bean  club", "bonuses_multiply": "on"})
    draft = draft_version(world.business)
    assert (draft.name, draft.bonuses_multiply) == ("Bean club", True)


def test_a_discarded_draft_comes_back_by_undo(world: World, manager: Client, drafted: ProgramVersion) -> None:
    manager.post(url("rules-add"), RULE)
    before = added(world.business)
    page = manager.post(url("draft-discard"), follow=True)
    assert draft_version(world.business) is None
    assert undo_offers(page) == [url("version-reuse", number=2)]
    manager.post(url("version-reuse", number=2))
    assert added(world.business) == before


def test_a_discarded_draft_is_no_version_that_was_live(world: World, manager: Client, drafted: ProgramVersion) -> None:
    manager.post(url("draft-discard"))
    assert [row.number for row in history(world.business)] == [1]
    assert manager.get(url("version", number=2)).status_code == 404


def test_a_cashier_sees_no_editor(world: World, drafted: ProgramVersion, cashier: Client) -> None:
    assert cashier.post(url("rules-add"), RULE).status_code == 403
    assert is_as_live(world.business)
