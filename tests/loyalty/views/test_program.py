"""The program in words, and its draft's editor."""

import pytest
from django.test import Client
from django.urls import reverse

from loyalty.domain import program, rules
from loyalty.domain.program import BonusDraft
from loyalty.models import Business, EarningRule, ProgramVersion
from loyalty.queries.explain import rules_in_words
from loyalty.queries.program import draft_version, history, live_version, load_program
from tests.world import NOW, World

RULE = {"kind": "amount", "award": "2", "per_amount": "1.00", "unit": "points", "name": "Beans"}


@pytest.fixture
def manager(world: World) -> Client:
    client = Client()
    client.force_login(world.manager)
    return client


@pytest.fixture
def drafted(world: World) -> ProgramVersion:
    return program.draft_from(version=live_version(world.business), by=world.at_console(), at=NOW)


def url(name: str, **kwargs: object) -> str:
    return reverse(f"loyalty:{name}", kwargs={"business": "luna", **kwargs})


def words(business: Business) -> list[str]:
    return rules_in_words(load_program(draft_version(business)), "en")


LIVE = ["1 point for every €1.00 spent", "1 stamp for every visit"]


def test_what_is_live_is_said_in_words_and_examples(manager: Client) -> None:
    page = manager.get(url("program")).text
    for said in (
        *LIVE,
        "A purchase of €12.50 earns 12 points and 1 stamp.",
        "A card has 10 places.",
        "They never expire.",
    ):
        assert said in page


def test_an_amount_can_be_tried(manager: Client) -> None:
    part = manager.get(url("program"), {"amount": "7,80"}, headers={"HX-Request": "true"})
    assert part.text.strip().startswith('<div id="tried"')
    assert "<b>7 points and 1 stamp</b>" in part.text
    assert "<b>7 points and 1 stamp</b>" in manager.get(url("program"), {"amount": "7.80"}).text
    wrong = manager.get(url("program"), {"amount": "seven"})
    assert (wrong.status_code, "Enter a number such as 12.50." in wrong.text) == (200, True)


def test_without_a_program_the_set_up_is_offered(world: World) -> None:
    from tests.world import open_shop

    role = open_shop(world.owner, "Bean", "bean")
    client = Client()
    client.force_login(role.user)
    page = client.get(reverse("loyalty:program", kwargs={"business": "bean"})).text
    assert "No program yet" in page
    assert 'href="/console/bean/setup/"' in page


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
    response = manager.post(url("program-change"))
    assert response.url == url("draft")
    assert words(world.business) == LIVE
    again = manager.post(url("program-change"), follow=True)
    assert "There is a draft already." in again.text
    assert ProgramVersion.objects.filter(business=world.business).count() == 2


def test_a_rule_is_added_with_all_its_conditions(world: World, manager: Client, drafted: ProgramVersion) -> None:
    more = {
        "minimum": "5", "limit_per_day": "100", "weekdays": ["0", "4"], "first_day": "2026-06-01",
        "last_day": "2026-06-30", "excluded_categories": "Gift cards\r\n Tobacco ", "whole_steps": "on",
    }  # fmt: skip
    assert manager.post(url("rules-add"), RULE | more).url == url("draft")
    assert words(world.business)[2] == (
        "2 points for every full €1.00 spent, not for Gift cards and Tobacco, from a purchase of €5.00, "
        "on Monday and Friday, from Jun 1, 2026 to Jun 30, 2026, at most 100 points a day"
    )
    assert len(rules_in_words(load_program(live_version(world.business)), "en")) == 2


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"kind": "visit", "per_amount": ""}, "2 points for every visit"),
        ({"kind": "purchase", "per_amount": "nonsense"}, "2 points for every purchase"),
        ({"kind": "item", "unit": "stamps"}, "2 stamps for every item"),
        ({"exclusive": "on", "priority": "5"}, "2 points for every €1.00 spent, instead of the other rules"),
    ],
)
def test_every_kind_of_rule(
    world: World, manager: Client, drafted: ProgramVersion, changed: dict[str, str], said: str
) -> None:
    manager.post(url("rules-add"), RULE | changed)
    assert words(world.business)[2] == said


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"award": ""}, "Enter a number."),
        ({"award": "0"}, "Enter at least 1."),
        ({"award": "100001"}, "Enter at most 100,000."),
        ({"per_amount": ""}, "Enter an amount."),
        ({"unit": "gold"}, "Choose one of these."),
        (
            {"first_day": "2026-06-02", "last_day": "2026-06-01"},
            "The last day comes before the first. Choose a later one.",
        ),
        ({"first_day": "soon"}, "Enter a day such as 2027-01-31."),
        ({"included_items": "x" * 81}, "Enter at most 100 names of at most 80 characters, one a line."),
        ({"priority": "high"}, "Enter a whole number."),
    ],
)
def test_a_wrong_rule_is_explained_and_changes_nothing(
    world: World, manager: Client, drafted: ProgramVersion, wrong: dict[str, str], said: str
) -> None:
    page = manager.post(url("rules-add"), RULE | wrong)
    assert (page.status_code, said in page.text, "There is a problem" in page.text) == (422, True, True)
    assert 'value="Beans"' in page.text
    assert words(world.business) == LIVE


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


@pytest.mark.parametrize("part", ["rules", "bonuses"])
def test_what_is_removed_comes_back_by_undo(world: World, manager: Client, drafted: ProgramVersion, part: str) -> None:
    bonus = {"unit": "points", "factor": "1.5", "addition": "10", "last_day": "2026-06-30", "weekdays": ["1"]}
    manager.post(url(f"{part}-add"), RULE | {"last_day": "2026-06-30"} if part == "rules" else bonus)
    before = words(world.business)
    row = (drafted.rules.order_by("position") if part == "rules" else drafted.bonuses.all()).last()
    page = manager.post(url(f"{part}-remove", public_id=row.public_id), follow=True)
    assert words(world.business) == LIVE
    undo = page.text.split(f'action="/console/luna/program/draft/{part}/restore/')[1].split('"')[0]
    assert manager.post(f"/console/luna/program/draft/{part}/restore/{undo}").url == url("draft")
    assert words(world.business) == before
    assert manager.post(f"/console/luna/program/draft/{part}/restore/{undo[:-3]}x/").status_code == 404


def test_a_bonus_asks_for_a_gain(world: World, manager: Client, drafted: ProgramVersion) -> None:
    page = manager.post(url("bonuses-add"), {"unit": "points"})
    assert (page.status_code, "Enter what it multiplies by" in page.text) == (422, True)
    manager.post(url("bonuses-add"), {"unit": "points", "factor": "10"})
    assert words(world.business)[2] == "Points × 10"  # noqa: RUF001
    row = drafted.bonuses.get()
    assert 'value="10"' in manager.get(url("bonuses-change", public_id=row.public_id)).text


def test_units_of_the_draft(world: World, manager: Client, drafted: ProgramVersion) -> None:
    beans = {"name": "beans", "name_one": "bean", "rounding": "down", "expiry": "months", "expiry_count": "12"}
    manager.post(url("unit-change", code="points"), beans)
    assert load_program(draft_version(world.business)).units["points"].name == "beans"
    page = manager.post(url("unit-change", code="points"), beans | {"expiry_count": ""})
    assert (page.status_code, "Enter how many days or months." in page.text) == (422, True)
    lunch = beans | {"kind": "stamps", "name": "lunches", "card_size": "5", "decimals": "2"}
    manager.post(url("unit-add"), lunch)
    units = load_program(draft_version(world.business)).units
    assert (units["stamps-2"].card_size, units["stamps-2"].decimals) == (5, 0)
    in_use = manager.post(url("unit-remove", code="points"), follow=True)
    assert "Rules of the draft still award beans." in in_use.text
    manager.post(url("unit-remove", code="stamps-2"))
    assert sorted(load_program(draft_version(world.business)).units) == ["points", "stamps"]
    world.points.refresh_from_db()
    assert world.points.name == "points"


def test_a_hold_is_drafted_and_refused_where_it_outlasts_the_validity(
    world: World, manager: Client, drafted: ProgramVersion
) -> None:
    beans = {"name": "beans", "name_one": "bean", "rounding": "down", "expiry": "months", "expiry_count": "1"}
    manager.post(url("unit-change", code="points"), beans | {"hold_days": "14"})
    assert load_program(draft_version(world.business)).units["points"].hold_days == 14
    shown = manager.get(url("unit-change", code="points")).text
    assert 'name="hold_days" value="14"' in shown
    for sent, said in (
        ({"hold_days": "28"}, "some would run out 28 days after they were earned."),
        ({"hold_days": "1", "expiry": "end_of_year", "expiry_count": ""}, "some would run out on the day itself."),
        ({"hold_days": "-1"}, "Enter a whole number from 0 to 365."),
        ({"hold_days": "366"}, "Enter a whole number from 0 to 365."),
    ):
        page = manager.post(url("unit-change", code="points"), beans | sent)
        assert (page.status_code, said in page.text) == (422, True)
    assert load_program(draft_version(world.business)).units["points"].hold_days == 14
    world.points.refresh_from_db()
    assert world.points.hold_days == 0


def test_settings_of_the_draft(world: World, manager: Client, drafted: ProgramVersion) -> None:
    assert manager.post(url("draft-settings"), {"name": " "}).status_code == 422
    manager.post(url("draft-settings"), {"name": "Bean  club", "bonuses_multiply": "on"})
    draft = draft_version(world.business)
    assert (draft.name, draft.bonuses_multiply) == ("Bean club", True)


def test_a_discarded_draft_comes_back_by_undo(world: World, manager: Client, drafted: ProgramVersion) -> None:
    manager.post(url("rules-add"), RULE)
    before = words(world.business)
    page = manager.post(url("draft-discard"), follow=True)
    assert draft_version(world.business) is None
    assert f'action="{url("version-reuse", number=2)}"' in page.text
    manager.post(url("version-reuse", number=2))
    assert words(world.business) == before
    assert [row.number for row in history(world.business)] == [1]
    assert manager.get(url("version", number=2)).status_code == 404


def test_a_cashier_sees_no_editor(world: World, drafted: ProgramVersion, client: Client) -> None:
    client.force_login(world.cashier)
    assert client.post(url("rules-add"), RULE).status_code == 403
    assert words(world.business) == LIVE
