"""The catalogue in the console."""

from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from rewards.models import Reward, RewardState
from tests.pages import alerts, has_summary, links, refused, select, texts, undo_offers
from tests.rewards.shop import Shop
from tests.world import open_shop as open_business

TYPED = {
    "kind": "product", "name": "Mug", "unit": "points", "cost": "180", "icon": "package", "voucher_days": "30",
    "online": "on", "stock": "", "stock_shown": "",
}  # fmt: skip


@pytest.fixture
def shop(shop: Shop, settings, tmp_path: Path) -> Shop:
    settings.MEDIA_ROOT = tmp_path
    return shop


def url(name: str, reward: Reward | None = None) -> str:
    more = {"public_id": reward.public_id} if reward else {}
    return reverse(f"rewards:{name}", kwargs={"business": "luna", **more})


def mug() -> Reward:
    return Reward.objects.get(name="Mug")


def picture(name: str = "mug.png") -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (40, 30), "#123456").save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), "image/png")


def test_a_reward_is_added(shop: Shop, manager: Client) -> None:
    more = {
        "description": "Handmade",
        "stock": "5",
        "per_member": "1",
        "available_from": "2026-06-01",
        "terms": "One each",
    }
    assert manager.post(url("reward-add"), TYPED | more).url == url("rewards")
    reward = mug()
    assert (reward.state, reward.cost, reward.unit, reward.position) == ("active", 180, shop.points, 2)
    assert (reward.description, reward.terms) == ("Handmade", "One each")
    limits = (reward.stock, reward.per_member, str(reward.available_from), reward.voucher_days, reward.online)
    assert limits == (5, 1, "2026-06-01", 30, True)
    assert texts(manager.get(url("rewards")), ".toast.success p") == ["“Mug” is saved."]


def test_or_kept_as_a_draft(shop: Shop, manager: Client) -> None:
    assert manager.post(url("reward-add"), TYPED | {"draft": "1"}).url == url("rewards") + "?state=draft"
    assert mug().state == RewardState.DRAFT
    assert "Mug" in manager.get(url("rewards") + "?state=draft").text
    assert "Mug" not in manager.get(url("rewards")).text


@pytest.mark.parametrize(
    ("kind", "typed", "money", "percent", "most"),
    [
        ("money_off", {"money_off": "5.00", "percent_off": "x"}, 500, 0, None),
        ("percent_off", {"percent_off": "20", "at_most": "9", "money_off": ""}, 0, 20, 900),
        ("other", {"money_off": "5.00", "percent_off": "20"}, 0, 0, None),
    ],
)
def test_every_kind_keeps_what_is_its_own(
    shop: Shop, manager: Client, kind: str, typed: dict[str, str], money: int, percent: int, most: int | None
) -> None:
    manager.post(url("reward-add"), TYPED | typed | {"kind": kind})
    assert (mug().kind, mug().money_off, mug().percent_off, mug().at_most) == (kind, money, percent, most)


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"name": " "}, "name", "required"),
        ({"cost": ""}, "cost", "required"),
        ({"cost": "0"}, "cost", "least"),
        ({"cost": "1.5"}, "cost", "too_many_decimals"),
        ({"kind": "money_off"}, "money_off", "required"),
        ({"kind": "percent_off", "percent_off": "101"}, "percent_off", "max_value"),
        ({"unit": "gold"}, "unit", "invalid_choice"),
        ({"icon": "../../etc"}, "icon", "invalid_choice"),
        ({"stock": "-1"}, "stock", "min_value"),
        ({"stock": "lots"}, "stock", "invalid"),
        ({"available_to": "2026-02-30"}, "available_to", "invalid"),
        ({"available_from": "2026-06-02", "available_to": "2026-06-01"}, "available_to", ""),
    ],
)
def test_a_wrong_form_is_refused_beside_its_field_and_changes_nothing(
    shop: Shop, manager: Client, wrong: dict[str, str], field: str, code: str
) -> None:
    page = manager.post(url("reward-add"), TYPED | wrong)
    assert (page.status_code, refused(page), has_summary(page)) == (422, {field: [code]}, True)
    assert select(page, f"#id_{field}_error")
    assert select(page, "input[name=icon][value=package]")
    assert Reward.objects.filter(business=shop.business).count() == 2


def test_a_form_saved_as_it_is_shown_changes_nothing(shop: Shop, manager: Client) -> None:
    manager.post(url("reward-add"), TYPED | {"stock": "5", "available_to": "2026-06-30", "per_member": "2"})
    before = Reward.objects.filter(name="Mug").values().get()
    form = manager.get(url("reward", mug())).context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "", False)}
    sent["available_to"] = "2026-06-30"
    assert manager.post(url("reward", mug()), sent).status_code == 302
    assert Reward.objects.filter(name="Mug").values().get() == before


def test_a_piece_taken_while_the_form_was_open_is_not_put_back(shop: Shop, manager: Client) -> None:
    manager.post(url("reward-add"), TYPED | {"stock": "5", "cost": "10"})
    shop.give(20)
    shop.redeem(mug())
    manager.post(url("reward", mug()), TYPED | {"stock": "5", "stock_shown": "5", "cost": "12"})
    assert (mug().stock, mug().cost) == (4, 12)


@pytest.mark.parametrize(("typed", "stock"), [("9", 9), ("", None)])
def test_pieces_are_counted_anew(shop: Shop, manager: Client, typed: str, stock: int | None) -> None:
    manager.post(url("reward-add"), TYPED | {"stock": "5"})
    manager.post(url("reward", mug()), TYPED | {"stock": typed, "stock_shown": "5"})
    assert mug().stock == stock


def test_the_unit_stays_once_somebody_paid(shop: Shop, manager: Client) -> None:
    shop.give(60)
    shop.redeem(shop.reward)
    page = manager.post(url("reward", shop.reward), TYPED | {"unit": "stamps"})
    assert (page.status_code, "Members have paid for it already" in page.text) == (422, True)
    shop.reward.refresh_from_db()
    assert (shop.reward.unit, shop.reward.name) == (shop.points, "Free coffee")


def test_a_picture_is_drawn_anew_under_a_name_of_our_own(manager: Client) -> None:
    manager.post(url("reward-add"), TYPED | {"picture": picture()})
    kept = mug().picture
    assert (kept.name.endswith(".webp"), "mug" in kept.name) == (True, False)
    assert Image.open(kept.path).size == (40, 30)


def test_a_picture_stays_where_no_other_is_chosen(manager: Client) -> None:
    manager.post(url("reward-add"), TYPED | {"picture": picture()})
    first = mug().picture.name
    manager.post(url("reward", mug()), TYPED)
    assert mug().picture.name == first != ""


def test_a_picture_is_taken_away_with_its_file(
    manager: Client, tmp_path: Path, django_capture_on_commit_callbacks
) -> None:
    manager.post(url("reward-add"), TYPED | {"picture": picture()})
    with django_capture_on_commit_callbacks(execute=True):
        manager.post(url("reward", mug()), TYPED | {"picture-clear": "on"})
    assert not mug().picture
    assert list((tmp_path / "rewards").iterdir()) == []


def test_what_is_no_picture_is_refused(shop: Shop, manager: Client) -> None:
    page = manager.post(url("reward-add"), TYPED | {"picture": SimpleUploadedFile("x.png", b"<svg/>", "image/png")})
    assert (page.status_code, refused(page)) == (422, {"picture": ["not_a_picture"]})
    assert texts(page, "#id_picture_error li") == ["Choose a picture in PNG, JPEG, WebP or GIF format."]
    assert Reward.objects.filter(business=shop.business).count() == 2


HTMX = {"HX-Request": "true"}


def test_the_preview_follows_what_is_typed(shop: Shop, manager: Client) -> None:
    typed = TYPED | {"stock": "3", "description": "<b>Handmade</b>"}
    part = manager.get(url("reward-add"), typed, headers=HTMX)
    (preview,) = texts(part, "#preview")
    for said in ("Mug", "180 points", "3 left", "<b>Handmade</b>"):
        assert said in preview
    assert not select(part, "html")


def test_the_preview_shows_what_is_right_beside_what_is_wrong(manager: Client) -> None:
    part = manager.get(url("reward-add"), TYPED | {"cost": "x"}, headers=HTMX)
    assert "Mug" in texts(part, "#preview")[0]


def test_without_a_script_the_preview_is_asked_for_and_saves_nothing(shop: Shop, manager: Client) -> None:
    shown = manager.post(url("reward", shop.reward), TYPED | {"stock": "3", "show": "1"})
    assert (shown.status_code, "3 left" in texts(shown, "#preview")[0]) == (200, True)
    shop.reward.refresh_from_db()
    assert shop.reward.name == "Free coffee"


@pytest.mark.parametrize(("verb", "state"), [("archive", "archived"), ("withdraw", "draft")])
def test_one_click_and_its_undo(shop: Shop, manager: Client, verb: str, state: str) -> None:
    page = manager.post(url(f"reward-{verb}", shop.reward), follow=True)
    shop.reward.refresh_from_db()
    assert shop.reward.state == state
    assert undo_offers(page) == [url("reward-activate", shop.reward)]
    manager.post(url("reward-activate", shop.reward))
    shop.reward.refresh_from_db()
    assert shop.reward.state == "active"


def test_a_copy_and_its_undo(shop: Shop, manager: Client) -> None:
    page = manager.post(url("reward-duplicate", shop.reward), follow=True)
    copy = Reward.objects.get(name="Copy of Free coffee")
    assert page.redirect_chain[0][0] == url("reward", copy)
    assert undo_offers(page) == [url("reward-remove", copy)]
    manager.post(url("reward-remove", copy))
    assert not Reward.objects.filter(pk=copy.pk).exists()


def test_what_is_in_the_catalogue_is_not_removed(shop: Shop, manager: Client) -> None:
    answer = manager.post(url("reward-remove", shop.reward), follow=True)
    assert (alerts(answer), "is no longer a draft" in answer.text) == (["error"], True)
    assert Reward.objects.filter(pk=shop.reward.pk).exists()


def order(manager: Client) -> list[str]:
    text = manager.get(url("rewards")).text
    return sorted(("Free cake", "Free coffee"), key=text.index)


def test_rewards_change_places(shop: Shop, manager: Client) -> None:
    manager.post(url("reward-down", shop.reward))
    assert order(manager) == ["Free cake", "Free coffee"]
    manager.post(url("reward-up", shop.reward))
    assert order(manager) == ["Free coffee", "Free cake"]


@pytest.mark.parametrize("more", [1, 3])
def test_queries_do_not_grow_with_the_catalogue(
    shop: Shop, manager: Client, more: int, django_assert_num_queries
) -> None:
    for number in range(more):
        shop.add(f"Mug {number}")
    with django_assert_num_queries(6):
        manager.get(url("rewards"))


def test_without_a_program_the_set_up_comes_first(shop: Shop, client: Client) -> None:
    role = open_business(shop.owner, "Bean", "bean")
    client.force_login(role.user)
    page = client.get("/console/bean/rewards/")
    assert "/console/bean/setup/" in links(page)
    assert client.get("/console/bean/rewards/new/").url == "/console/bean/rewards/"
    assert client.post("/console/bean/rewards/new/", TYPED).url == "/console/bean/rewards/"
    assert not Reward.objects.filter(business=role.business).exists()


@pytest.mark.parametrize("query", ["?state=gone", "?state=%00", "?state="])
def test_any_state_is_answered(manager: Client, query: str) -> None:
    assert manager.get(url("rewards") + query).status_code == 200
