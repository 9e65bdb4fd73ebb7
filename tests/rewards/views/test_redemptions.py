"""Redemptions in the console, and the manager's undo."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from loyalty.engine import codes
from members.models import Member, ViewLog
from rewards.models import VoucherState
from rewards.queries import listing
from tests.pages import actions, links, refused, select, texts, undo_offers
from tests.rewards.shop import Shop, assert_sound, rows
from tests.world import NOW

URL = "/console/luna/redemptions/"


@pytest.fixture
def shop(shop: Shop) -> Shop:
    shop.give(500)
    return shop


def undo_url(redemption: object) -> str:
    return reverse("rewards:redemption-undo", kwargs={"business": "luna", "public_id": redemption.public_id})


def test_redemptions_say_who_took_what(shop: Shop, manager: Client) -> None:
    redemption = shop.redeem(shop.reward)
    page = manager.get(URL).text
    for said in ("Free coffee", "50 points", codes.grouped(shop.member.account.card_code), "Counter", "Cleo"):
        assert said in page
    assert codes.grouped(redemption.voucher.code) in page


def account_url(shop: Shop) -> str:
    kwargs = {"business": "luna", "account": shop.member.account.public_id}
    return reverse("members:console-account", kwargs=kwargs)


def test_who_took_it_is_named_and_leads_to_the_account(shop: Shop, manager: Client) -> None:
    shop.redeem(shop.reward)
    assert texts(manager.get(URL), f"tbody a[href={account_url(shop)}]") == [shop.member.name]


def test_the_look_at_the_names_is_noted(shop: Shop, manager: Client) -> None:
    shop.redeem(shop.reward)
    manager.get(URL)
    assert list(ViewLog.objects.values_list("page", "rows")) == [("rewards:redemptions", 1)]


def test_where_nobody_is_named_nothing_is_noted(shop: Shop, manager: Client) -> None:
    shop.redeem(shop.reward)
    Member.objects.filter(pk=shop.member.pk).update(name="")
    assert account_url(shop) not in links(manager.get(URL))
    assert not ViewLog.objects.exists()


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
WHY = KEY | {"reason": "It was cold"}


def redo_url(redemption: object) -> str:
    return reverse("rewards:redemption-redo", kwargs={"business": "luna", "public_id": redemption.public_id})


def test_a_manager_undoes_at_any_time_with_a_reason(shop: Shop, manager: Client) -> None:
    redemption = shop.redeem(shop.add(stock=3), hand_out=True, at=NOW + timedelta(hours=1))
    page = manager.post(undo_url(redemption), WHY, follow=True)
    assert texts(page, ".toast.success p") == ["“Mug” is given back."]
    redemption.refresh_from_db()
    assert (redemption.voucher.state, shop.balance()) == (VoucherState.CANCELLED, 500)
    assert_sound()


@pytest.mark.parametrize("sent", [KEY, {}, {"key": "nonsense"}])
def test_what_is_undone_is_not_undone_again(shop: Shop, manager: Client, sent: dict[str, str]) -> None:
    redemption = shop.redeem(shop.add(stock=3), hand_out=True)
    manager.post(undo_url(redemption), WHY)
    before = rows()
    assert manager.post(undo_url(redemption), sent).url == URL
    assert (rows(), shop.balance()) == (before, 500)
    assert undo_url(redemption) not in actions(manager.get(URL))
    assert_sound()


def test_one_key_undoes_one_redemption(shop: Shop, manager: Client) -> None:
    first, second = shop.redeem(shop.reward), shop.redeem(shop.reward)
    manager.post(undo_url(first), WHY)
    manager.post(undo_url(second), WHY)
    second.refresh_from_db()
    assert (second.undone_at, shop.balance()) == (None, 450)


@pytest.mark.parametrize("sent", [KEY, KEY | {"reason": "  "}, KEY | {"reason": "x" * 201}])
def test_late_it_is_not_undone_without_a_reason(shop: Shop, manager: Client, sent: dict[str, str]) -> None:
    redemption = shop.redeem(shop.add(stock=3), hand_out=True)
    before = rows()
    page = manager.post(undo_url(redemption), sent)
    assert (page.status_code, list(refused(page)), rows()) == (422, ["reason"], before)


def test_late_the_list_leads_to_the_question(shop: Shop, manager: Client) -> None:
    redemption = shop.redeem(shop.reward, hand_out=True)
    page = manager.get(URL)
    assert (undo_url(redemption) in links(page), undo_url(redemption) in actions(page)) == (True, False)
    assert select(manager.get(undo_url(redemption)), "form [name=reason]")


def test_at_once_the_list_undoes_by_a_click(shop: Shop, manager: Client) -> None:
    redemption = shop.redeem(shop.reward, hand_out=True, at=timezone.now())
    assert undo_url(redemption) in actions(manager.get(URL))
    manager.post(undo_url(redemption), KEY)
    assert shop.balance() == 500


def test_an_undo_is_undone_by_its_toast(shop: Shop, manager: Client) -> None:
    redemption = shop.redeem(shop.reward, hand_out=True)
    assert undo_offers(manager.post(undo_url(redemption), WHY)) == [redo_url(redemption)]
    page = manager.post(redo_url(redemption), follow=True)
    assert (texts(page, ".toast.success p")[-1], shop.balance()) == ("“Free coffee” stands again.", 450)
    assert_sound()


def test_what_was_spent_since_is_not_taken_again(shop: Shop, manager: Client) -> None:
    redemption = shop.redeem(shop.add(cost=400), hand_out=True)
    manager.post(undo_url(redemption), WHY)
    shop.redeem(shop.add("Cake", cost=400))
    before = rows()
    page = manager.post(redo_url(redemption), follow=True)
    assert (len(select(page, ".toast.error")), rows()) == (1, before)


@pytest.mark.parametrize("act", [undo_url, redo_url])
def test_nobody_undoes_what_they_took_themselves(shop: Shop, manager: Client, act) -> None:
    redemption = shop.redeem(shop.reward, hand_out=True)
    Member.objects.filter(pk=shop.member.pk).update(user=shop.manager)
    before = rows()
    page = manager.post(act(redemption), WHY, follow=True)
    assert (len(select(page, ".toast.error")), rows(), shop.balance()) == (1, before, 450)


def test_the_activity_log_names_member_reward_change_and_reason(shop: Shop, manager: Client, client: Client) -> None:
    redemption = shop.redeem(shop.reward, hand_out=True)
    manager.post(undo_url(redemption), WHY)
    client.force_login(shop.owner)
    [row] = client.get("/console/luna/activity/", {"kind": "redemption"}).context["page"].rows
    card = codes.grouped(shop.member.account.card_code)
    assert (row.what, row.details) == (
        f"Mia M. ({card}) · Free coffee", ["Used → Cancelled", "450 → 500 points", "“It was cold”"],
    )  # fmt: skip


@pytest.mark.parametrize("more", [1, 3])
def test_the_log_asks_no_more_for_more_acts(
    shop: Shop, manager: Client, client: Client, more: int, django_assert_num_queries
) -> None:
    for _number in range(more):
        manager.post(undo_url(shop.redeem(shop.reward, hand_out=True)), {"reason": "It was cold"})
    client.force_login(shop.owner)
    client.get("/console/luna/activity/")
    with django_assert_num_queries(7):
        client.get("/console/luna/activity/", {"kind": "redemption"})


@pytest.mark.parametrize("more", [1, 3])
def test_queries_do_not_grow_with_the_list(shop: Shop, manager: Client, more: int, django_assert_num_queries) -> None:
    for _number in range(more):
        shop.redeem(shop.reward)
    with django_assert_num_queries(6):
        manager.get(URL)
