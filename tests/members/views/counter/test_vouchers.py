"""A voucher at the till, as without JavaScript."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.http import HttpResponse

from loyalty.domain.actors import Actor
from loyalty.models import Channel
from members.models import Member
from rewards.domain import redemptions
from rewards.models import Voucher, VoucherState
from tests.members.counter import Till, rows, words
from tests.pages import actions, alerts, has_summary, links, refused, select, texts, undo_offers
from tests.world import NOW

DAY = 86_400


@pytest.fixture
def voucher(till: Till) -> Voucher:
    """Mia took a coffee online."""
    world = till.world
    world.purchase(6000)
    by = Actor(Channel.PORTAL, world.member_user)
    return redemptions.redeem(reward=world.reward, account=world.member.account, key="k", by=by, at=NOW).voucher


def page(till: Till, voucher: Voucher) -> HttpResponse:
    return till.get("voucher", voucher=voucher.public_id)


def url(till: Till, voucher: Voucher, act: str = "") -> str:
    return till.url(f"voucher-{act}" if act else "voucher", voucher=voucher.public_id)


def post(till: Till, act: str, voucher: Voucher, **data: object) -> HttpResponse:
    return till.post(f"voucher-{act}", {"key": uuid4(), **data}, voucher=voucher.public_id)


class TestShown:
    def test_what_it_is_for_and_whose_it_is(self, till: Till, voucher):
        shown = page(till, voucher)
        assert texts(shown, ".till-done h1") == ["Free coffee"]
        assert texts(shown, ".till-done p") == ["Mia Moon · 50 points"]
        assert till.url("member", account=till.world.member.account.public_id) in links(shown)

    def test_how_long_it_is_good(self, till: Till, voucher):
        assert select(page(till, voucher), ".till-receipt .badge.good")
        assert "Apr 9, 2026" in texts(page(till, voucher), ".till-receipt")[0]

    def test_it_can_be_handed_over_and_there_is_nothing_to_undo(self, till: Till, voucher):
        offered = actions(page(till, voucher))
        assert (url(till, voucher, "use") in offered, url(till, voucher, "undo") in offered) == (True, False)

    def test_one_that_has_run_out_says_when(self, till: Till, voucher, clock):
        clock.shift(31 * DAY)
        till.client.force_login(till.user)
        assert "This voucher has run out Its last day was Apr 9, 2026." in words(page(till, voucher))

    def test_one_that_has_run_out_is_not_handed_over(self, till: Till, voucher, clock):
        clock.shift(31 * DAY)
        till.client.force_login(till.user)
        before = rows()
        response = post(till, "use", voucher)
        assert (response.status_code, rows()) == (422, before)
        assert response.context["booked"].state == VoucherState.EXPIRED

    @pytest.mark.parametrize("whose", ["foreign", "nobody"])
    def test_there_is_no_other(self, till: Till, voucher, whose):
        other = Till(till.world, till.world.other_owner)
        public_id = uuid4() if whose == "nobody" else voucher.public_id
        before = rows()
        visitor = other if whose == "foreign" else till
        assert visitor.get("voucher", voucher=public_id).status_code == 404
        for act in ("use", "undo"):
            assert visitor.post(f"voucher-{act}", voucher=public_id).status_code == 404
        assert rows() == before


class TestHandedOver:
    def test_it_says_that_there_is_something_to_hand_over(self, till: Till, voucher):
        shown = till.client.get(post(till, "use", voucher).url)
        assert texts(shown, ".till-earned strong") == ["Hand it over now"]

    def test_it_says_when_and_by_whom(self, till: Till, voucher):
        shown = till.client.get(post(till, "use", voucher).url)
        assert "Handed over on Mar 10, 2026, 12:30 PM · Cleo" in words(shown)

    def test_it_can_be_taken_back_there_and_by_the_toast(self, till: Till, voucher):
        response = post(till, "use", voucher)
        undo = url(till, voucher, "undo")
        assert undo_offers(response) == [undo]
        assert actions(till.client.get(response.url)).count(undo) == 2

    def test_a_minute_later_there_is_nothing_to_hand_over(self, till: Till, voucher, clock):
        post(till, "use", voucher)
        clock.shift(61)
        shown = page(till, voucher)
        assert not select(shown, ".till-earned strong")
        assert select(shown, ".till-earned .badge")
        assert url(till, voucher, "undo") in actions(shown)

    def test_it_is_used_once(self, till: Till, voucher):
        post(till, "use", voucher)
        after = rows()
        response = post(till, "use", voucher)
        assert (response.status_code, rows()) == (422, after)
        assert response.context["booked"].is_used

    def test_sent_again_it_is_answered_as_at_first(self, till: Till, voucher):
        key = uuid4()
        first = post(till, "use", voucher, key=key)
        after = rows()
        again = post(till, "use", voucher, key=key)
        assert (again.status_code, again.url, rows()) == (302, first.url, after)
        assert alerts(again)[-1] == "info"

    def test_sent_again_after_it_was_taken_back_it_stays_good(self, till: Till, voucher):
        key = uuid4()
        first = post(till, "use", voucher, key=key)
        post(till, "undo", voucher)
        assert post(till, "use", voucher, key=key).url == first.url
        voucher.refresh_from_db()
        assert voucher.state == VoucherState.ISSUED

    def test_without_its_key_nothing_is_handed_over(self, till: Till, voucher):
        before = rows()
        response = post(till, "use", voucher, key="")
        assert (response.status_code, has_summary(response), rows()) == (422, True, before)


class TestTakenBack:
    def test_a_slip_makes_it_good_again(self, till: Till, voucher):
        post(till, "use", voucher)
        assert post(till, "undo", voucher).url == url(till, voucher)
        voucher.refresh_from_db()
        assert voucher.state == VoucherState.ISSUED

    def test_from_the_first_page_it_leads_back_there(self, till: Till, voucher):
        post(till, "use", voucher)
        assert post(till, "undo", voucher, back="home").url == till.url()

    @pytest.fixture
    def taken(self, till: Till, voucher) -> Voucher:
        """One more coffee, taken and handed over at the till."""
        till.world.purchase(6000)
        reward, account = till.world.reward.public_id, till.world.member.account.public_id
        till.post("hand-out", {"key": uuid4()}, account=account, reward=reward)
        return Voucher.objects.order_by("-pk").first()

    def test_what_was_taken_at_the_till_is_not_taken(self, till: Till, taken):
        before = rows()["held"]
        post(till, "undo", taken)
        assert rows()["held"] == before + 50

    def test_and_its_voucher_says_so(self, till: Till, taken):
        post(till, "undo", taken)
        said = words(page(till, taken))
        assert "This voucher was cancelled" in said
        assert "On Mar 10, 2026, 12:30:00 PM. What it cost is back in the balance." in said

    def test_later_a_cashier_asks_a_manager(self, till: Till, voucher, clock):
        post(till, "use", voucher)
        clock.shift(timedelta(minutes=15, seconds=1))
        before = rows()
        response = post(till, "undo", voucher)
        assert (response.status_code, rows()) == (422, before)
        assert "It is too late to undo this. Ask a manager." in words(response)

    def test_later_only_a_manager_undoes(self, till: Till, manager: Till, voucher, clock):
        post(till, "use", voucher)
        clock.shift(timedelta(minutes=15, seconds=1))
        undo = f".till-receipt form[action={url(till, voucher, 'undo')}] [name=reason]"
        assert [len(select(page(each, voucher), undo)) for each in (till, manager)] == [0, 1]
        assert post(manager, "undo", voucher, reason="A mix-up").status_code == 302

    def test_later_a_manager_says_why(self, till: Till, manager: Till, taken, clock):
        clock.shift(timedelta(minutes=15, seconds=1))
        before = rows()
        response = post(manager, "undo", taken)
        assert (response.status_code, refused(response), rows()) == (422, {"reason": ["required"]}, before)

    def test_later_the_list_offers_no_click(self, till: Till, manager: Till, taken, clock):
        undo = url(till, taken, "undo")
        assert undo in actions(manager.get())
        clock.shift(timedelta(minutes=15, seconds=1))
        assert undo not in actions(manager.get())

    @pytest.mark.parametrize("which", ["voucher", "taken"])
    def test_the_undo_is_undone_by_its_toast(self, till: Till, voucher, taken, which):
        asked = voucher if which == "voucher" else taken
        post(till, "use", voucher)
        held = rows()["held"]
        assert undo_offers(post(till, "undo", asked))[-1] == url(till, asked, "redo")
        assert url(till, asked, "redo") in actions(page(till, asked))
        stands = Voucher.objects.get(public_id=post(till, "redo", asked).url.rstrip("/").rpartition("/")[2])
        assert (stands.state, rows()["held"]) == (VoucherState.USED, held)

    def test_there_is_nothing_to_hand_over_again(self, till: Till, taken, clock):
        clock.shift(61)
        post(till, "undo", taken)
        shown = till.client.get(post(till, "redo", taken).url)
        assert not select(shown, ".till-earned strong")

    def test_what_was_spent_since_is_not_taken_again(self, till: Till, taken):
        post(till, "undo", taken)
        world = till.world
        redemptions.redeem(reward=world.reward, account=world.member.account, key="a", by=world.at_counter(), at=NOW)
        before = rows()
        response = post(till, "redo", taken)
        assert (response.status_code, has_summary(response), rows()) == (422, True, before)


class TestOnesOwn:
    @pytest.fixture
    def own(self, till: Till, voucher) -> Voucher:
        Member.objects.filter(pk=till.world.member.pk).update(user=till.world.cashier)
        return voucher

    def test_a_colleague_has_to_hand_it_out(self, till: Till, own):
        shown = page(till, own)
        assert "A colleague has to hand this out." in words(shown)
        assert url(till, own, "use") not in actions(shown)

    @pytest.mark.parametrize("act", ["use", "undo"])
    def test_it_is_refused(self, till: Till, own, act: str):
        before = rows()
        response = post(till, act, own)
        assert (response.status_code, has_summary(response), rows()) == (403, True, before)
