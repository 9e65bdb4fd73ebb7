"""The catalogue in the console."""

from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from rewards.models import Reward, RewardState
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


@pytest.fixture
def manager(shop: Shop) -> Client:
    client = Client()
    client.force_login(shop.manager)
    return client


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
    assert (reward.state, reward.cost, reward.unit, reward.stock, reward.per_member) == (
        "active",
        180,
        shop.points,
        5,
        1,
    )
    assert (str(reward.available_from), reward.voucher_days, reward.online, reward.position) == (
        "2026-06-01",
        30,
        True,
        2,
    )
    assert "“Mug” is saved." in manager.get(url("rewards")).text


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
    ("wrong", "said"),
    [
        ({"name": " "}, "Enter the name of the reward."),
        ({"cost": ""}, "Enter what it costs."),
        ({"cost": "0"}, "Enter at least 1."),
        ({"cost": "1.5"}, "Enter a whole number, without decimals."),
        ({"kind": "money_off"}, "Enter how much is taken off."),
        ({"kind": "percent_off", "percent_off": "101"}, "Enter a whole number from 1 to 100."),
        ({"unit": "gold"}, "Choose one of these."),
        ({"icon": "../../etc"}, "Choose one of these."),
        ({"stock": "-1"}, "Enter at least 0."),
        ({"stock": "lots"}, "Enter a whole number."),
        ({"available_to": "2026-02-30"}, "Enter a day such as 2027-01-31."),
        (
            {"available_from": "2026-06-02", "available_to": "2026-06-01"},
            "The last day comes before the first. Choose a later one.",
        ),
    ],
)
def test_a_wrong_form_is_explained_and_changes_nothing(
    shop: Shop, manager: Client, wrong: dict[str, str], said: str
) -> None:
    page = manager.post(url("reward-add"), TYPED | wrong)
    assert (page.status_code, said in page.text) == (422, True)
    assert 'value="package"' in page.text
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
    manager.post(url("reward", mug()), TYPED | {"stock": "9", "stock_shown": "5"})
    assert mug().stock == 9
    manager.post(url("reward", mug()), TYPED | {"stock": "", "stock_shown": "9"})
    assert mug().stock is None


def test_the_unit_stays_once_somebody_paid(shop: Shop, manager: Client) -> None:
    shop.give(60)
    shop.redeem(shop.reward)
    page = manager.post(url("reward", shop.reward), TYPED | {"unit": "stamps"})
    assert (page.status_code, "Members have paid for it already" in page.text) == (422, True)
    shop.reward.refresh_from_db()
    assert (shop.reward.unit, shop.reward.name) == (shop.points, "Free coffee")


def test_a_picture_is_drawn_anew_changed_and_taken_away(
    shop: Shop, manager: Client, tmp_path: Path, django_capture_on_commit_callbacks
) -> None:
    manager.post(url("reward-add"), TYPED | {"picture": picture()})
    first = mug().picture
    assert first.name.endswith(".webp")
    assert Image.open(first.path).size == (40, 30)
    assert "mug" not in first.name
    manager.post(url("reward", mug()), TYPED)
    assert mug().picture.name == first.name
    with django_capture_on_commit_callbacks(execute=True):
        manager.post(url("reward", mug()), TYPED | {"picture-clear": "on"})
    assert not mug().picture
    assert list((tmp_path / "rewards").iterdir()) == []


def test_what_is_no_picture_is_refused(shop: Shop, manager: Client) -> None:
    page = manager.post(url("reward-add"), TYPED | {"picture": SimpleUploadedFile("x.png", b"<svg/>", "image/png")})
    assert (page.status_code, "Choose a picture in PNG, JPEG, WebP or GIF format." in page.text) == (422, True)
    assert Reward.objects.filter(business=shop.business).count() == 2


def test_the_preview_follows_what_is_typed(shop: Shop, manager: Client) -> None:
    typed = TYPED | {"stock": "3", "description": "<b>Handmade</b>"}
    part = manager.get(url("reward-add"), typed, headers={"HX-Request": "true"})
    assert part.text.strip().startswith('<div id="preview"')
    for said in ("Mug", "180 points", "3 left", "&lt;b&gt;Handmade&lt;/b&gt;"):
        assert said in part.text
    assert "Mug" in manager.get(url("reward-add"), typed | {"cost": "x"}, headers={"HX-Request": "true"}).text
    shown = manager.post(url("reward", shop.reward), typed | {"show": "1"})
    assert (shown.status_code, "3 left" in shown.text) == (200, True)
    shop.reward.refresh_from_db()
    assert shop.reward.name == "Free coffee"


@pytest.mark.parametrize(("verb", "state"), [("archive", "archived"), ("withdraw", "draft")])
def test_one_click_and_its_undo(shop: Shop, manager: Client, verb: str, state: str) -> None:
    page = manager.post(url(f"reward-{verb}", shop.reward), follow=True)
    shop.reward.refresh_from_db()
    assert shop.reward.state == state
    assert f'action="{url("reward-activate", shop.reward)}"' in page.text
    manager.post(url("reward-activate", shop.reward))
    shop.reward.refresh_from_db()
    assert shop.reward.state == "active"


def test_a_copy_and_its_undo(shop: Shop, manager: Client) -> None:
    page = manager.post(url("reward-duplicate", shop.reward), follow=True)
    copy = Reward.objects.get(name="Copy of Free coffee")
    assert page.redirect_chain[0][0] == url("reward", copy)
    assert f'action="{url("reward-remove", copy)}"' in page.text
    manager.post(url("reward-remove", copy))
    assert not Reward.objects.filter(pk=copy.pk).exists()
    refused = manager.post(url("reward-remove", shop.reward), follow=True)
    assert "is no longer a draft" in refused.text
    assert Reward.objects.filter(pk=shop.reward.pk).exists()


def test_rewards_change_places(shop: Shop, manager: Client) -> None:
    manager.post(url("reward-down", shop.reward))
    text = manager.get(url("rewards")).text
    assert text.index("Free cake") < text.index("Free coffee")
    manager.post(url("reward-up", shop.reward))
    text = manager.get(url("rewards")).text
    assert text.index("Free coffee") < text.index("Free cake")


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
    assert "the program comes first" in page.text
    assert 'href="/console/bean/setup/"' in page.text
    assert client.get("/console/bean/rewards/new/").url == "/console/bean/rewards/"
    assert client.post("/console/bean/rewards/new/", TYPED).url == "/console/bean/rewards/"
    assert not Reward.objects.filter(business=role.business).exists()


@pytest.mark.parametrize("query", ["?state=gone", "?state=%00", "?state="])
def test_any_state_is_answered(manager: Client, query: str) -> None:
    assert manager.get(url("rewards") + query).status_code == 200
