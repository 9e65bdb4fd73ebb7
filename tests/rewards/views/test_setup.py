"""The set-up: three answers with what is proposed make a program; nothing typed is lost on the way."""

import re

import pytest
from django.test import Client

from loyalty.models import ProgramVersion, StaffRole
from loyalty.queries.explain import rules_in_words
from loyalty.queries.program import draft_version, live_version, load_program
from rewards.models import Reward, RewardState
from tests.world import make_user, open_shop, run_program

URL, GO_LIVE, PROGRAM = "/console/bean/setup/", "/console/bean/go-live/", "/console/bean/program/"
HTMX = {"headers": {"HX-Request": "true"}}


@pytest.fixture
def owner(role: StaffRole) -> Client:
    client = Client()
    client.force_login(role.user)
    return client


def fields(html: str) -> dict[str, str]:
    """Return what a browser would send of the page's own form: hidden fields, texts, checked and selected ones."""
    form = re.search(r'<form class="stack loose setup".*?</form>', html, re.DOTALL).group()
    sent = {}
    for tag in re.findall(r"<input[^>]*>", form):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if attributes.get("type") != "radio" or " checked" in tag:
            sent[attributes["name"]] = attributes.get("value", "")
    for name, options in re.findall(r'<select name="(\w+)".*?>(.*?)</select>', form, re.DOTALL):
        sent[name] = re.search(r'value="([^"]*)" selected', options).group(1)
    return sent


def walk(owner: Client, *answers: dict[str, str]) -> dict[str, str]:
    """Answer the first questions, keeping what is proposed, and return what the last page would send."""
    sent = fields(owner.get(URL).text)
    for answer in answers:
        page = owner.get(URL, {**sent, **answer, "go": "next"})
        assert page.status_code == 200
        sent = fields(page.text)
    return sent


def words(role: StaffRole) -> list[str]:
    return rules_in_words(load_program(draft_version(role.business)), "en")


def test_three_answers_with_what_is_proposed(owner: Client, role: StaffRole) -> None:
    response = owner.post(URL, walk(owner, {}, {}))
    assert (response.status_code, response.url) == (302, GO_LIVE)
    assert words(role) == ["1 point for every €1.00 spent"]
    reward = Reward.objects.get()
    assert (reward.name, reward.cost, reward.money_off, reward.state) == ("€5.00 off", 100, 500, RewardState.DRAFT)
    assert owner.post(GO_LIVE).url == PROGRAM
    assert live_version(role.business).number == 1
    assert Reward.objects.get().state == RewardState.ACTIVE


def test_a_stamp_card_by_visits(owner: Client, role: StaffRole) -> None:
    owner.post(URL, walk(owner, {"does": "visit"}, {"card_size": "8"}) | {"name": "Free cut"})
    assert words(role) == ["1 stamp for every visit, at most 1 stamp a day"]
    reward = Reward.objects.get()
    assert (reward.name, reward.unit.code, reward.cost, reward.kind) == ("Free cut", "stamps", 8, "product")


def test_both_with_own_words(owner: Client, role: StaffRole) -> None:
    beans = {"unit_name": "beans", "unit_name_one": "bean", "award": "3", "per_amount": "2.50", "validity": "year"}
    owner.post(URL, walk(owner, {"does": "both"}, beans) | {"unit": "stamps", "cost": "10", "kind": "other"})
    assert words(role) == ["3 beans for every €2.50 spent", "1 stamp for every visit, at most 1 stamp a day"]
    assert {unit.expiry for unit in load_program(draft_version(role.business)).units.values()} == {"end_of_year"}
    assert Reward.objects.get().name == "A surprise"


def test_answers_survive_the_way_back_and_forth(owner: Client) -> None:
    last = walk(owner, {"does": "both"}, {"unit_name": "beans", "unit_name_one": "bean"})
    assert (last["does"], last["unit_name"]) == ("both", "beans")
    back = owner.post(URL, last | {"go": "back", "name": "Free coffee"})
    assert back.status_code == 200
    again = fields(back.text)
    assert (again["at"], again["unit_name"], again["name"]) == ("2", "beans", "Free coffee")
    first = owner.get(URL, again | {"go": "back", "unit_name": "stars"})
    assert fields(first.text)["unit_name"] == "stars"
    assert fields(owner.get(URL, fields(first.text) | {"go": "next"}).text)["unit_name"] == "stars"


def test_the_second_answer_can_change_after_the_third(owner: Client, role: StaffRole) -> None:
    cards = walk(owner, {"does": "visit"}, {})
    assert cards["unit"] == "stamps"
    back = fields(owner.post(URL, cards | {"go": "back"}).text)
    points = fields(owner.get(URL, back | {"earns": "points", "go": "next"}).text)
    assert points["unit"] == "points"
    assert owner.post(URL, points).url == GO_LIVE
    assert Reward.objects.get().unit.code == "points"


def test_a_wrong_answer_is_explained_and_kept(owner: Client) -> None:
    sent = walk(owner, {"does": "spend"}) | {"per_amount": "lots", "unit_name": ""}
    page = owner.get(URL, sent | {"go": "next"})
    assert page.status_code == 422
    assert "Enter a number such as 12.50." in page.text
    assert "Enter what several of them are called." in page.text
    assert fields(page.text)["per_amount"] == "lots"
    assert ProgramVersion.objects.count() == 0


def test_questions_that_do_not_arise_are_not_asked(owner: Client, role: StaffRole) -> None:
    sent = walk(owner, {"does": "spend"}, {"card_size": "many", "a_day": "x", "earns": "points"})
    assert owner.post(URL, sent | {"percent_off": "much"}).url == GO_LIVE
    assert words(role) == ["1 point for every €1.00 spent"]


@pytest.mark.parametrize(
    ("answer", "step"), [({"does": "fly"}, "1"), ({"award": "-1"}, "2"), ({"cost": ""}, "3"), ({"money_off": ""}, "3")]
)
def test_a_forged_last_page_books_nothing(owner: Client, answer: dict[str, str], step: str) -> None:
    page = owner.post(URL, walk(owner, {}, {}) | answer)
    assert page.status_code == 422
    assert fields(page.text)["at"] == step
    assert (ProgramVersion.objects.count(), Reward.objects.count()) == (0, 0)


@pytest.mark.parametrize("query", ["?at=9", "?at=x&go=next", "?at=3&go=next", "?at=2&go=back", "?go=fly", "?does=%00"])
def test_any_address_is_answered(owner: Client, query: str) -> None:
    assert owner.get(URL + query).status_code in (200, 422)


def test_the_preview_follows_what_is_typed(owner: Client) -> None:
    typed = walk(owner, {}, {}) | {"go": "show", "name": "Free coffee", "cost": "50", "usual": "5"}
    part = owner.get(URL, typed, **HTMX)
    assert part.status_code == 200
    assert part.text.strip().startswith('<div id="preview"')
    assert "Free coffee" in part.text
    assert "Who spends €5.00 each time has it after 10 visits." in part.text
    assert "You give back 10% of what they spend." in part.text
    wrong = owner.get(URL, typed | {"cost": "x"}, **HTMX)
    assert "Free coffee" in wrong.text
    whole = owner.post(URL, typed)
    assert whole.status_code == 200
    assert "Free coffee" in whole.text
    assert ProgramVersion.objects.count() == 0


def test_set_up_anew_starts_from_the_draft(owner: Client, role: StaffRole) -> None:
    owner.post(URL, walk(owner, {"does": "both"}, {"unit_name": "beans", "award": "2"}) | {"name": "Free coffee"})
    page = owner.get(URL)
    assert "You have a draft already." in page.text
    last = walk(owner, {}, {})
    assert last["name"] == "Free coffee"
    owner.post(URL, last | {"name": "Free tea"})
    assert words(role) == ["2 beans for every €1.00 spent", "1 stamp for every visit, at most 1 stamp a day"]
    assert Reward.objects.get().name == "Free tea"


def test_what_is_live_is_not_set_up_anew(owner: Client, role: StaffRole) -> None:
    last = walk(owner, {}, {})
    run_program(role)
    assert owner.get(URL).url == PROGRAM
    assert owner.post(URL, last).url == PROGRAM
    assert (ProgramVersion.objects.count(), Reward.objects.count()) == (1, 0)


IN_WORDS = {"VND": "1 point for every ₫1,000 spent", "HUF": "1 point for every HUF 100.00 spent"}


@pytest.mark.parametrize("currency", IN_WORDS)
def test_proposals_follow_the_currency(db: None, currency: str) -> None:
    role = open_shop(make_user("rita"), "Bean", "bean", currency=currency)
    client = Client()
    client.force_login(role.user)
    assert client.post(URL, walk(client, {}, {})).status_code == 302
    assert [sentence.replace("\xa0", " ") for sentence in words(role)] == [IN_WORDS[currency]]


def test_go_live_lists_what_is_missing(owner: Client, role: StaffRole) -> None:
    page = owner.get(GO_LIVE)
    assert "Add a rule that says what customers earn." in page.text
    assert f'href="{PROGRAM}"' in page.text
    assert owner.post(GO_LIVE).status_code == 422
    owner.post(URL, walk(owner, {}, {}))
    ready = owner.get(GO_LIVE)
    assert "Everything is there." in ready.text
    assert "€5.00 off" in ready.text
    assert "Add your logo." in ready.text
    assert live_version(role.business) is None


def test_the_button_waits_for_what_blocks(owner: Client, role: StaffRole) -> None:
    owner.post(URL, walk(owner, {}, {}))
    role.business.contact_email = ""
    role.business.save()
    page = owner.get(GO_LIVE)
    assert re.search(r"<button[^>]*disabled", page.text)
    assert "One thing is needed first." in page.text
    assert owner.post(GO_LIVE).status_code == 422
    assert live_version(role.business) is None
