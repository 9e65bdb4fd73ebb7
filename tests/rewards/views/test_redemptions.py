"""Redemptions in the console, and the manager's undo."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from loyalty.engine import codes
from rewards.models import VoucherState
from rewards.queries import listing
from tests.pages import actions, texts
from tests.rewards.shop import Shop, assert_sound, rows
from tests.world import NOW

URL = "/console/luna/redemptions/"


@pytest.fixture
def shop(shop: Shop) -> Shop:
    shop.give(500)
    return shop


def undo_url(redemption: object) -> str:
    return reverse("rewards:redemption-undo", kwargs={"business": "luna", "public_id": redemption.public_id})


def test_redemptions_name_the_card_not_the_person(shop: Shop, manager: Client) -> None:
    redemption = shop.redeem(shop.reward)
    page = manager.get(URL).text
    for said in ("Free coffee", "50 points", codes.grouped(shop.member.account.card_code), "Counter", "Cleo"):
        assert said in page
    assert codes.grouped(redemption.voucher.code) in page
    assert shop.member.name not in page


@pytest.mark.parametrize(("state", "shown"), [("used", 1), ("expired", 0), ("nonsense", 1)])
def test_they_are_filtered_by_state(shop: Shop, manager: Client, state: str, shown: int) -> None:
    shop.redeem(shop.reward, hand_out=True)
    page = manager.get(URL, {"state": state})
    assert (len(page.context["rows"]), "None of this kind" in page.text) == (shown, not shown)


def test_before_the_first_there_is_nothing(shop: Shop, client: Client) -> None:
    client.force_login(shop.other_owner)
    assert "Nothing was redeemed yet" in client.get("/console/sol/redemptions/").text


def test_pages_keep_the_filter(shop: Shop, manager: Client, monkeypatch) -> None:
    monkeypatch.setattr(listing, "PAGE", 1)
    for minute in range(3):
        shop.redeem(shop.reward, at=NOW + timedelta(minutes=minute), hand_out=True)
    older = manager.get(URL + "?state=used").context["older"]
    assert older.endswith("&state=used")
    second = manager.get(URL + older)
    assert (len(second.context["rows"]), second.context["newer"].endswith("&state=used")) == (1, True)
    assert manager.get(URL + "?before=nonsense&after=9").status_code == 200


KEY = {"key": "5c0f6a1e-0000-4000-8000-000000000000"}


def test_a_manager_undoes_at_any_time(shop: Shop, manager: Client) -> None:
    redemption = shop.redeem(shop.add(stock=3), hand_out=True, at=NOW + timedelta(hours=1))
    page = manager.post(undo_url(redemption), KEY, follow=True)
    assert texts(page, ".toast.success p") == ["“Mug” is given back."]
    redemption.refresh_from_db()
    assert (redemption.voucher.state, shop.balance()) == (VoucherState.CANCELLED, 500)
    assert_sound()


@pytest.mark.parametrize("sent", [KEY, {}, {"key": "nonsense"}])
def test_what_is_undone_is_not_undone_again(shop: Shop, manager: Client, sent: dict[str, str]) -> None:
    redemption = shop.redeem(shop.add(stock=3), hand_out=True)
    manager.post(undo_url(redemption), KEY)
    before = rows()
    assert manager.post(undo_url(redemption), sent).url == URL
    assert (rows(), shop.balance()) == (before, 500)
    assert undo_url(redemption) not in actions(manager.get(URL))
    assert_sound()


def test_one_key_undoes_one_redemption(shop: Shop, manager: Client) -> None:
    first, second = shop.redeem(shop.reward), shop.redeem(shop.reward)
    manager.post(undo_url(first), KEY)
    manager.post(undo_url(second), KEY)
    second.refresh_from_db()
    assert (second.undone_at, shop.balance()) == (None, 450)


@pytest.mark.parametrize("more", [1, 3])
def test_queries_do_not_grow_with_the_list(shop: Shop, manager: Client, more: int, django_assert_num_queries) -> None:
    for _number in range(more):
        shop.redeem(shop.reward)
    with django_assert_num_queries(4):
        manager.get(URL)
