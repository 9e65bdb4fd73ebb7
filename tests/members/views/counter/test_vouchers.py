"""A voucher at the till, as without JavaScript."""

from uuid import uuid4

import pytest

from loyalty.domain.actors import Actor
from loyalty.models import Channel
from members.models import Member
from rewards.domain import redemptions
from rewards.models import Voucher, VoucherState
from tests.members.counter import Till, rows, words
from tests.world import NOW

DAY = 86_400


@pytest.fixture
def voucher(till: Till) -> Voucher:
    """Mia took a coffee online."""
    world = till.world
    world.purchase(6000)
    by = Actor(Channel.PORTAL, world.member_user)
    return redemptions.redeem(reward=world.reward, account=world.member.account, key="k", by=by, at=NOW).voucher


def page(till: Till, voucher: Voucher):
    return till.get("voucher", voucher=voucher.public_id)


def post(till: Till, act: str, voucher: Voucher, **data: object):
    return till.post(f"voucher-{act}", {"key": uuid4(), **data}, voucher=voucher.public_id)


def test_it_says_what_it_is_for_and_how_long_it_is_good(till: Till, voucher):
    said = words(page(till, voucher))
    assert "Free coffee Mia Moon · 50 points Good until Apr 9, 2026 Hand over" in said


def test_handed_over_it_is_used_once(till: Till, voucher):
    response = post(till, "use", voucher)
    said = words(till.client.get(response.url))
    assert "Hand it over now Handed over on Mar 10, 2026, 12:30 PM · Cleo Undo" in said
    after = rows()
    response = post(till, "use", voucher)
    assert (response.status_code, rows()) == (422, after)
    assert "Handed over on Mar 10, 2026, 12:30 PM · Cleo" in words(response)


def test_sent_again_it_is_answered_as_at_first(till: Till, voucher):
    key = uuid4()
    first = post(till, "use", voucher, key=key)
    after = rows()
    again = post(till, "use", voucher, key=key)
    assert (again.status_code, again.url, rows()) == (302, first.url, after)
    assert "This was recorded already. Nothing was booked twice." in words(till.client.get(again.url))
    post(till, "undo", voucher)
    assert post(till, "use", voucher, key=key).url == first.url
    voucher.refresh_from_db()
    assert voucher.state == VoucherState.ISSUED


def test_without_its_key_nothing_is_handed_over(till: Till, voucher):
    before = rows()
    response = post(till, "use", voucher, key="")
    assert (response.status_code, rows()) == (422, before)
    assert "This page is too old. Please try once more." in words(response)


def test_only_at_first_is_there_something_to_hand_over(till: Till, voucher, clock):
    post(till, "use", voucher)
    clock.shift(61)
    said = words(page(till, voucher))
    assert "Hand it over now" not in said
    assert "Handed over Handed over on Mar 10, 2026, 12:30 PM · Cleo Undo" in said


def test_a_slip_makes_it_good_again(till: Till, voucher):
    post(till, "use", voucher)
    response = post(till, "undo", voucher)
    assert response.url == till.url("voucher", voucher=voucher.public_id)
    voucher.refresh_from_db()
    assert voucher.state == VoucherState.ISSUED
    assert post(till, "undo", voucher, back="home").url == till.url()


def test_what_was_taken_at_the_till_is_not_taken(till: Till, voucher):
    till.world.purchase(6000)
    before = rows()["held"]
    reward, account = till.world.reward.public_id, till.world.member.account.public_id
    till.post("hand-out", {"key": uuid4()}, account=account, reward=reward)
    taken = Voucher.objects.order_by("-pk").first()
    assert rows()["held"] == before - 50
    post(till, "undo", taken)
    assert rows()["held"] == before
    assert "This voucher was cancelled On Mar 10, 2026, 12:30:00 PM. What it cost is back in the balance." in words(
        page(till, taken)
    )


def test_later_only_a_manager_undoes(till: Till, manager: Till, voucher, clock):
    post(till, "use", voucher)
    clock.shift(15 * 60 + 1)
    assert "Handed over" in words(page(till, voucher))
    before = rows()
    response = post(till, "undo", voucher)
    assert (response.status_code, rows()) == (422, before)
    assert "It is too late to undo this. Ask a manager." in words(response)
    assert post(manager, "undo", voucher).status_code == 302


def test_one_that_has_run_out_says_when(till: Till, voucher, clock):
    clock.shift(31 * DAY)
    till.client.force_login(till.user)
    before = rows()
    assert "This voucher has run out Its last day was Apr 9, 2026." in words(page(till, voucher))
    response = post(till, "use", voucher)
    assert (response.status_code, rows()) == (422, before)
    assert "Its last day was Apr 9, 2026." in words(response)


def test_ones_own_is_handed_out_by_a_colleague(till: Till, voucher):
    Member.objects.filter(pk=till.world.member.pk).update(user=till.world.cashier)
    assert "A colleague has to hand this out." in words(page(till, voucher))
    before = rows()
    for act in ("use", "undo"):
        response = post(till, act, voucher)
        assert (response.status_code, rows()) == (403, before)
        assert "This is your own membership. A colleague has to do this for you." in words(response)


@pytest.mark.parametrize("whose", ["foreign", "nobody"])
def test_there_is_no_other(till: Till, voucher, whose):
    other = Till(till.world, till.world.other_owner)
    public_id = uuid4() if whose == "nobody" else voucher.public_id
    before = rows()
    visitor = other if whose == "foreign" else till
    assert visitor.get("voucher", voucher=public_id).status_code == 404
    for act in ("use", "undo"):
        assert visitor.post(f"voucher-{act}", voucher=public_id).status_code == 404
    assert rows() == before
