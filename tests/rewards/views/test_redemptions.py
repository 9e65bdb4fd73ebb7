"""Redemptions in the console, and the manager's undo."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from loyalty.engine import codes
from rewards.models import VoucherState
from rewards.queries import listing
from tests.rewards.shop import Shop, assert_sound, rows
from tests.world import NOW

URL = "/console/luna/redemptions/"


@pytest.fixture
def shop(shop: Shop) -> Shop:
    shop.give(500)
    return shop


@pytest.fixture
def manager(shop: Shop) -> Client:
    client = Client()
    client.force_login(shop.manager)
    return client


def undo_url(redemption: object) -> str:
    return reverse("rewards:redemption-undo", kwargs={"business": "luna", "public_id": redemption.public_id})


def test_redemptions_name_the_card_not_the_person(shop: Shop, manager: Client) -> None:
    redemption = shop.redeem(shop.reward)
    page = manager.get(URL).text
    for said in ("Free coffee", "50 points", codes.grouped(shop.member.account.card_code), "Counter", "Cleo"):
        assert said in page
    assert codes.grouped(redemption.voucher.code) in page
    assert shop.member.name not in page


def test_they_are_filtered_by_state(shop: Shop, manager: Client) -> None:
    shop.redeem(shop.reward, hand_out=True)
    assert "Free coffee" in manager.get(URL + "?state=used").text
    assert "None of this kind" in manager.get(URL + "?state=expired").text
    assert "Free coffee" in manager.get(URL + "?state=nonsense").text
    empty = Client()
    empty.force_login(shop.other_owner)
    assert "Nothing was redeemed yet" in empty.get("/console/sol/redemptions/").text


def test_pages_keep_the_filter(shop: Shop, manager: Client, monkeypatch) -> None:
    monkeypatch.setattr(listing, "PAGE", 1)
    for minute in range(3):
        shop.redeem(shop.reward, at=NOW + timedelta(minutes=minute), hand_out=True)
    older = manager.get(URL + "?state=used").context["older"]
    assert older.endswith("&state=used")
    second = manager.get(URL + older)
    assert (len(second.context["rows"]), second.context["newer"].endswith("&state=used")) == (1, True)
    assert manager.get(URL + "?before=nonsense&after=9").status_code == 200


def test_a_manager_undoes_at_any_time_once(shop: Shop, manager: Client) -> None:
    redemption = shop.redeem(shop.add(stock=3), hand_out=True, at=NOW + timedelta(hours=1))
    key = {"key": "5c0f6a1e-0000-4000-8000-000000000000"}
    page = manager.post(undo_url(redemption), key, follow=True)
    assert "“Mug” is given back." in page.text
    redemption.refresh_from_db()
    assert (redemption.voucher.state, shop.balance()) == (VoucherState.CANCELLED, 500)
    before = rows()
    for sent in (key, {}, {"key": "nonsense"}):
        assert manager.post(undo_url(redemption), sent).url == URL
    assert (rows(), shop.balance()) == (before, 500)
    assert 'action="' + undo_url(redemption) not in manager.get(URL).text
    assert_sound()


def test_one_key_undoes_one_redemption(shop: Shop, manager: Client) -> None:
    first, second = shop.redeem(shop.reward), shop.redeem(shop.reward)
    key = {"key": "5c0f6a1e-0000-4000-8000-000000000000"}
    manager.post(undo_url(first), key)
    manager.post(undo_url(second), key)
    second.refresh_from_db()
    assert (second.undone_at, shop.balance()) == (None, 450)


@pytest.mark.parametrize("more", [1, 3])
def test_queries_do_not_grow_with_the_list(shop: Shop, manager: Client, more: int, django_assert_num_queries) -> None:
    for _number in range(more):
        shop.redeem(shop.reward)
    with django_assert_num_queries(4):
        manager.get(URL)
