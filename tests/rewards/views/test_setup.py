"""The set-up: three answers with what is proposed make a program; nothing typed is lost on the way."""

import re
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import Client

from loyalty.models import ProgramVersion, StaffRole
from loyalty.queries.program import draft_version, live_version, load_program
from rewards.models import Reward, RewardState
from tests.pages import refused, select, texts
from tests.world import make_user, open_shop, run_program

URL, GO_LIVE, PROGRAM = "/console/bean/setup/", "/console/bean/go-live/", "/console/bean/program/"
HTMX = {"headers": {"HX-Request": "true"}}


@pytest.fixture
def owner(client: Client, role: StaffRole) -> Client:
    """The owner's browser."""
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


def walk(owner: Client, *answers: dict[str, str], at: str = URL) -> dict[str, str]:
    """Answer the first questions, keeping what is proposed, and return what the last page would send."""
    sent = fields(owner.get(at).text)
    for answer in answers:
        page = owner.get(at, {**sent, **answer, "go": "next"})
        assert page.status_code == 200
        sent = fields(page.text)
    return sent


def drafted(role: StaffRole) -> list[tuple[str, str, int, int, int | None]]:
    """Return of each rule its unit, what it counts, what it gives, for how much, and at most how many a day."""
    rows = draft_version(role.business).rules.order_by("position").select_related("unit")
    return [(row.unit.name, row.trigger, row.award, row.per_amount, row.limit_per_day) for row in rows]


POINTS, STAMPS = ("points", "purchase", 1, 100, None), ("stamps", "visit", 1, 0, 1)


def test_three_answers_with_what_is_proposed(owner: Client, role: StaffRole) -> None:
    response = owner.post(URL, walk(owner, {}, {}))
    assert (response.status_code, response.url) == (302, GO_LIVE)
    assert drafted(role) == [POINTS]
    reward = Reward.objects.get()
    assert (reward.name, reward.cost, reward.money_off, reward.state) == ("€5.00 off", 100, 500, RewardState.DRAFT)


def test_what_was_set_up_goes_live_with_its_reward(owner: Client, role: StaffRole) -> None:
    owner.post(URL, walk(owner, {}, {}))
    assert owner.post(GO_LIVE).url == PROGRAM
    assert live_version(role.business).number == 1
    assert Reward.objects.get().state == RewardState.ACTIVE


def test_a_stamp_card_by_visits(owner: Client, role: StaffRole) -> None:
    owner.post(URL, walk(owner, {"does": "visit"}, {"card_size": "8"}) | {"name": "Free cut"})
    assert drafted(role) == [STAMPS]
    reward = Reward.objects.get()
    assert (reward.name, reward.unit.code, reward.cost, reward.kind) == ("Free cut", "stamps", 8, "product")


def test_both_with_own_words(owner: Client, role: StaffRole) -> None:
    beans = {"unit_name": "beans", "unit_name_one": "bean", "award": "3", "per_amount": "2.50", "validity": "year"}
    owner.post(URL, walk(owner, {"does": "both"}, beans) | {"unit": "stamps", "cost": "10", "kind": "other"})
    assert drafted(role) == [("beans", "purchase", 3, 250, None), STAMPS]
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
    assert refused(page) == {"per_amount": ["not_a_number"], "unit_name": ["required"]}
    assert texts(page, "#id_unit_name_error li") == ["Enter what several of them are called."]
    assert fields(page.text)["per_amount"] == "lots"
    assert ProgramVersion.objects.count() == 0


def test_questions_that_do_not_arise_are_not_asked(owner: Client, role: StaffRole) -> None:
    sent = walk(owner, {"does": "spend"}, {"card_size": "many", "a_day": "x", "earns": "points"})
    assert owner.post(URL, sent | {"percent_off": "much"}).url == GO_LIVE
    assert drafted(role) == [POINTS]


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


SHOWN = {"go": "show", "name": "Free coffee", "cost": "50", "usual": "5"}


def preview(page: HttpResponse) -> str:
    assert page.status_code == 200
    (shown,) = texts(page, "#preview")
    return shown


def test_the_preview_follows_what_is_typed(owner: Client) -> None:
    part = owner.get(URL, walk(owner, {}, {}) | SHOWN, **HTMX)
    assert "Free coffee" in preview(part)
    assert not select(part, "html")


def test_the_preview_forecasts_how_soon_the_reward_is_reached(owner: Client) -> None:
    part = owner.get(URL, walk(owner, {}, {}) | SHOWN, **HTMX)
    assert part.context["forecast"].visits == 10
    assert "Who spends €5.00 each time has it after 10 visits." in preview(part)
    assert "You give back 10% of what they spend." in preview(part)


def test_the_preview_shows_what_is_right_beside_what_is_wrong(owner: Client) -> None:
    assert "Free coffee" in preview(owner.get(URL, walk(owner, {}, {}) | SHOWN | {"cost": "x"}, **HTMX))


def test_without_a_script_the_preview_is_asked_for_and_books_nothing(owner: Client) -> None:
    assert "Free coffee" in preview(owner.post(URL, walk(owner, {}, {}) | SHOWN))
    assert ProgramVersion.objects.count() == 0


def test_set_up_anew_starts_from_the_draft(owner: Client, role: StaffRole) -> None:
    owner.post(URL, walk(owner, {"does": "both"}, {"unit_name": "beans", "award": "2"}) | {"name": "Free coffee"})
    last = walk(owner, {}, {})
    assert last["name"] == "Free coffee"
    owner.post(URL, last | {"name": "Free tea"})
    assert drafted(role) == [("beans", "purchase", 2, 100, None), STAMPS]
    assert Reward.objects.get().name == "Free tea"


def test_who_sets_up_anew_is_told_that_the_draft_goes(owner: Client) -> None:
    assert not select(owner.get(URL), ".notice.info")
    owner.post(URL, walk(owner, {}, {}))
    assert "You have a draft already." in texts(owner.get(URL), ".notice.info")[0]


def test_what_is_live_is_not_set_up_anew(owner: Client, role: StaffRole) -> None:
    last = walk(owner, {}, {})
    run_program(role)
    assert owner.get(URL).url == PROGRAM
    assert owner.post(URL, last).url == PROGRAM
    assert (ProgramVersion.objects.count(), Reward.objects.count()) == (1, 0)


@pytest.mark.parametrize(("currency", "step"), [("VND", 1000), ("HUF", 10000)])
def test_proposals_follow_the_currency(client: Client, role: StaffRole, currency: str, step: int) -> None:
    rita = open_shop(make_user("rita"), "Roast", "roast", currency=currency)
    client.force_login(rita.user)
    at = "/console/roast/setup/"
    assert client.post(at, walk(client, {}, {}, at=at)).status_code == 302
    assert drafted(rita) == [("points", "purchase", 1, step, None)]


def test_go_live_lists_what_is_missing_with_the_way_there(owner: Client) -> None:
    page = owner.get(GO_LIVE)
    blocking = [link["href"] for link in select(page, "li.blocking a")]
    back = urlencode({"next": GO_LIVE})
    assert blocking == [f"{issue.url(page.context['business'])}?{back}" for issue in page.context["missing"]]
    assert f"{PROGRAM}?{back}" in blocking


def test_before_there_is_a_draft_nothing_goes_live(owner: Client, role: StaffRole) -> None:
    assert owner.post(GO_LIVE).status_code == 422
    assert live_version(role.business) is None


def test_once_nothing_blocks_go_live_shows_what_would_and_some_advice(owner: Client, role: StaffRole) -> None:
    owner.post(URL, walk(owner, {}, {}))
    page = owner.get(GO_LIVE)
    assert (page.context["ready"], page.context["missing"]) == (True, [])
    assert "€5.00 off" in page.text
    assert texts(page, "li.advice a") == [str(issue.message) for issue, _url in page.context["issues"]] != []
    assert live_version(role.business) is None


def test_the_button_waits_for_what_blocks(owner: Client, role: StaffRole) -> None:
    owner.post(URL, walk(owner, {}, {}))
    role.business.contact_email = ""
    role.business.save()
    page = owner.get(GO_LIVE)
    assert select(page, "main form button[disabled][aria-describedby=why-not]")
    assert texts(page, "#why-not") == ["One thing is needed first."]
    assert owner.post(GO_LIVE).status_code == 422
    assert live_version(role.business) is None
