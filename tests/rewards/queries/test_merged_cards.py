"""What was taken with a card that was merged since, once or twice in a row, belongs to the card that is left."""

from datetime import date

import pytest
from django.http import Http404
from django.test import Client
from django.urls import reverse

from loyalty.domain import merging
from loyalty.models import AccountMerge
from members.models import Member
from rewards.domain import redemptions
from rewards.models import Redemption, VoucherState
from rewards.queries.catalogue import Reason, catalogue_for, open_vouchers_of, vouchers_of
from rewards.queries.takings import voucher_of
from tests.rewards.shop import Shop
from tests.world import NOW, make_user

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 10)
PRICE = 10


@pytest.fixture
def taken(shop: Shop) -> Redemption:
    """A mug that one may have once, taken with the first of three cards; the last one has points left for more."""
    mug = shop.add("Mug", per_member=1, voucher_days=None)
    shop.give(PRICE)
    return shop.redeem(mug)


@pytest.fixture
def kept(shop: Shop, taken: Redemption) -> Member:
    """The card that the first was merged into by way of another."""
    second, third = shop.enrol("Two"), shop.enrol("Three")
    shop.give(PRICE, member=third)
    for source, target in ((shop.member, second), (second, third)):
        merging.merge(source=source.account, target=target.account, key=shop.key(), by=shop.at_console(), at=NOW)
    third.account.refresh_from_db()
    return third


def at_home(shop: Shop, member: Member) -> Client:
    """A browser in which the member is logged in."""
    member.user = make_user("kept")
    member.save()
    client = Client()
    client.force_login(member.user)
    return client


def test_the_voucher_is_there(kept, taken):
    assert vouchers_of(kept.account) == open_vouchers_of(kept.account, TODAY) == [taken.voucher]
    assert voucher_of(kept.account, taken.voucher.public_id) == taken.voucher


def test_its_page_opens(shop, kept, taken):
    url = reverse("members:voucher", kwargs={"business": "luna", "voucher": taken.voucher.public_id})
    assert at_home(shop, kept).get(url).status_code == 200


def test_it_is_given_back_to_the_card_that_is_left(shop, kept, taken):
    url = reverse("members:voucher-cancel", kwargs={"business": "luna", "voucher": taken.voucher.public_id})
    at_home(shop, kept).post(url)
    taken.voucher.refresh_from_db()
    assert (taken.voucher.state, shop.balance(kept.account)) == (VoucherState.CANCELLED, 2 * PRICE)


def test_a_card_that_was_not_merged_does_not_have_it(shop, kept, taken):
    other = shop.enrol("Four").account
    assert vouchers_of(other) == []
    with pytest.raises(Http404):
        voucher_of(other, taken.voucher.public_id)


def test_parted_again_it_is_no_longer_there(shop, kept, taken):
    merging.undo(merge=AccountMerge.objects.latest("pk"), by=shop.at_console(), at=NOW)
    assert vouchers_of(kept.account) == []


def test_what_one_may_have_once_was_had(shop, kept, taken):
    (row,) = [row for row in catalogue_for(kept.account, shop.business, TODAY) if row.reward == taken.reward]
    assert (row.reason, row.reachable, row.online) == (Reason.LIMIT_REACHED, False, False)
    with pytest.raises(redemptions.LimitReached):
        shop.redeem(taken.reward, account=kept.account)


def test_no_question_is_added_for_each_card(shop, kept, django_assert_num_queries):
    with django_assert_num_queries(3):
        catalogue_for(kept.account, shop.business, TODAY)
    with django_assert_num_queries(1):
        vouchers_of(kept.account)
