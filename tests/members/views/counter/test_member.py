"""A customer at the till: shown, given a reward, and oneself left to a colleague; as without JavaScript."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loyalty.domain.accounts import open_account
from loyalty.domain.program import RuleDraft
from loyalty.engine import codes
from loyalty.models import Account, Sale
from members.models import Member, ViewLog
from members.queries.till import facts_of
from rewards.domain import catalogue, redemptions
from rewards.domain.catalogue import RewardDetails
from rewards.models import Reward, Voucher
from tests.members.counter import Till, rows, run, words
from tests.pages import has_summary, links, refused, select, texts, undo_offers
from tests.world import NOW, World


def hand_out(till: Till, reward: Reward, key: object = None, account: Account | None = None):
    account = account or till.world.member.account
    return till.post("hand-out", {"key": key or uuid4()}, account=account.public_id, reward=reward.public_id)


class TestShown:
    def test_who_it_is(self, till: Till):
        page = till.customer()
        assert texts(page, ".till-identity h1") == ["Mia Moon"]
        assert texts(page, ".till-identity .card-number") == [codes.grouped(till.world.member.account.card_code)]

    def test_what_is_there(self, till: Till):
        till.world.purchase(6000)
        assert texts(till.customer(), ".till-balances .balance") == ["60 points", "1 stamp"]

    def test_what_can_be_had_is_one_press_away(self, till: Till):
        till.world.purchase(6000)
        world = till.world
        give = till.url("hand-out", account=world.member.account.public_id, reward=world.reward.public_id)
        [button] = texts(till.customer(), f"form[action={give}] button[type=submit]")
        assert button.startswith("Free coffee 50 points")

    def test_the_last_purchase_with_the_way_to_it(self, till: Till):
        till.world.purchase(6000)
        page = till.customer()
        assert texts(page, ".till-last li") == ["2 hours ago €60.00"]
        assert till.url("sale", sale=Sale.objects.get().public_id) in links(page)

    def test_the_way_to_the_next_reward(self, till: Till):
        till.world.purchase(3000)
        page = till.customer()
        assert texts(page, ".till-balances .progress-words") == ["20 more for Free coffee"]
        [bar] = select(page, ".till-balances progress")
        assert (bar["value"], bar["max"]) == ("30", "50")

    def test_vouchers_with_their_last_day(self, till: Till):
        world = till.world
        world.purchase(6000)
        redemptions.redeem(reward=world.reward, account=world.member.account, key="k", by=world.at_counter(), at=NOW)
        [voucher] = select(till.customer(), "a.till-gift")
        assert voucher["href"] == till.url("voucher", voucher=Voucher.objects.get().public_id)
        assert "Free coffee" in voucher.text
        assert "Apr 9, 2026" in voucher.text

    def test_what_runs_out_soon(self, till: Till):
        rule = RuleDraft("points", "Points", "purchase", "per_amount", 1, per_amount=100)
        run(till.world, rule, expiry="days", expiry_count=20)
        till.world.purchase(6000)
        assert texts(till.customer(), ".till-soon li") == ["60 points on Mar 30, 2026"]

    def test_a_card_without_a_name_invites_to_add_one(self, till: Till):
        account = open_account(business=till.world.business, at=NOW, customer_number="C-17")
        page = till.customer(account)
        assert texts(page, ".till-identity h1") == ["No name yet"]
        assert "C-17" in words(page)
        assert till.url("enrol") + f"?account={account.public_id}" in links(page)

    @pytest.mark.parametrize("whose", ["foreign", "closed", "nobody"])
    def test_there_is_nobody_else(self, till: Till, whose):
        account = till.world.other_member.account
        if whose == "closed":
            account = till.world.member.account
            Account.objects.filter(pk=account.pk).update(closed_at=NOW)
        public_id = uuid4() if whose == "nobody" else account.public_id
        before = rows()
        assert till.get("member", account=public_id).status_code == 404
        assert till.post("member", {"key": uuid4(), "amount": "1"}, account=public_id).status_code == 404
        assert till.post("preview", {"amount": "1"}, account=public_id).status_code == 404
        assert till.post("hand-out", account=public_id, reward=till.world.reward.public_id).status_code == 404
        assert rows() == before

    @pytest.mark.parametrize("things", [1, 3])
    def test_its_queries_do_not_grow(self, till: Till, things):
        world = till.world
        for number in range(things):
            world.purchase(20_000)
            details = RewardDetails(name=f"Mug {number}", unit=world.points, cost=10, per_member=9)
            mug = catalogue.create(business=world.business, details=details, by=world.at_console(), at=NOW)
            account, by = world.member.account, world.at_counter()
            redemptions.redeem(reward=mug, account=account, key=f"{number}", by=by, at=NOW)
        till.customer()
        with CaptureQueriesContext(connection) as queries:
            till.customer()
        assert len(queries) == 13


class TestTheRecordOfLooks:
    def test_opening_it_is_noted(self, till: Till):
        till.customer()
        look = ViewLog.objects.get()
        assert (look.member, look.user, look.page, look.rows) == (
            till.world.member, till.world.cashier, "members:counter-member", 1,
        )  # fmt: skip

    def test_a_head_or_a_refused_form_is_no_look(self, till: Till):
        till.client.head(till.url("member", account=till.world.member.account.public_id))
        till.book("abc")
        assert ViewLog.objects.count() == 0

    def test_a_card_without_a_name_is_nobody_to_look_at(self, till: Till):
        till.customer(open_account(business=till.world.business, at=NOW))
        assert ViewLog.objects.count() == 0


class TestHandingOut:
    def test_a_reward_is_paid(self, till: Till):
        till.world.purchase(6000)
        response = hand_out(till, till.world.reward)
        assert response.url == till.url("voucher", voucher=Voucher.objects.get().public_id)
        assert texts(till.client.get(response.url), ".till-balances .balance") == ["10 points", "1 stamp"]

    def test_a_toast_takes_it_back(self, till: Till):
        till.world.purchase(6000)
        response = hand_out(till, till.world.reward)
        assert undo_offers(response) == [till.url("voucher-undo", voucher=Voucher.objects.get().public_id)]

    def test_the_same_form_hands_out_once(self, till: Till):
        till.world.purchase(12_000)
        key = uuid4()
        first = hand_out(till, till.world.reward, key)
        after = rows()
        assert hand_out(till, till.world.reward, key).url == first.url
        assert rows() == after

    @pytest.mark.parametrize(
        ("limits", "said"),
        [
            ({"cost": 50}, "5 points are missing for Mug."),
            ({"stock": 0}, "Mug is sold out: the last one was just taken."),
            ({"available_to": NOW.date() - timedelta(days=1)}, "Mug is not in the catalogue today."),
        ],
    )
    def test_why_it_cannot_be_had(self, till: Till, limits, said):
        till.world.purchase(4500)
        mug = add_mug(till.world, **limits)
        before = rows()
        response = hand_out(till, mug)
        assert (response.status_code, rows()) == (422, before)
        assert said in words(response)

    def test_why_it_cannot_be_had_again(self, till: Till):
        till.world.purchase(4500)
        mug = add_mug(till.world, per_member=1)
        hand_out(till, mug)
        before = rows()
        response = hand_out(till, mug)
        assert (response.status_code, rows()) == (422, before)
        assert "This customer has had Mug as often as one member may." in words(response)

    def test_a_key_of_another_reward_is_refused(self, till: Till):
        till.world.purchase(12_000)
        mug, key = add_mug(till.world), uuid4()
        hand_out(till, mug, key)
        before = rows()
        response = hand_out(till, till.world.reward, key)
        assert (response.status_code, has_summary(response), rows()) == (422, True, before)

    def test_a_key_that_is_none_is_refused(self, till: Till):
        till.world.purchase(12_000)
        before = rows()
        response = hand_out(till, till.world.reward, "nonsense")
        assert (response.status_code, has_summary(response), rows()) == (422, True, before)

    def test_a_reward_of_another_business_is_not_there(self, till: Till):
        till.world.purchase(6000)
        before = rows()
        assert hand_out(till, till.world.other_reward).status_code == 404
        assert rows() == before


def add_mug(world: World, *, cost: int = 10, **limits: object) -> Reward:
    details = RewardDetails(name="Mug", unit=world.points, cost=cost, **limits)
    return catalogue.create(business=world.business, details=details, by=world.at_console(), at=NOW)


class TestOneself:
    @pytest.fixture
    def own(self, till: Till) -> Till:
        """Mia, who has 60 points, is the cashier."""
        till.world.purchase(6000)
        Member.objects.filter(pk=till.world.member.pk).update(user=till.world.cashier)
        till.world.member.refresh_from_db()
        return till

    def test_the_page_says_who_has_to_do_it(self, own: Till):
        assert "A colleague records your purchases and hands out your rewards." in words(own.customer())

    def test_there_is_nothing_to_type_or_to_give(self, own: Till):
        page = own.customer()
        assert not select(page, "[name=amount]")
        [give] = select(page, "button.till-gift")
        assert "disabled" in give.attributes

    def test_looking_at_oneself_is_not_noted(self, own: Till):
        own.customer()
        assert ViewLog.objects.count() == 0

    @pytest.mark.parametrize("act", ["purchase", "visit"])
    def test_a_form_of_ones_own_is_refused(self, own: Till, act):
        before = rows()
        response = {"purchase": own.book, "visit": own.visit}[act]()
        assert (response.status_code, rows()) == (403, before)
        assert refused(response) == {"__all__": [""]}

    def test_a_reward_of_ones_own_is_refused_with_the_way_out(self, own: Till):
        before = rows()
        response = hand_out(own, own.world.reward)
        assert (response.status_code, rows()) == (403, before)
        assert "This is your own membership. A colleague has to do this for you." in words(response)

    def test_without_the_check_it_would_be_booked(self, own: Till, monkeypatch):
        from members.domain import visits

        monkeypatch.setattr(visits, "check_not_own", lambda member, by: None)
        assert own.book().status_code == 302


def test_who_has_no_person_is_known_from_the_day_of_the_account(world: World):
    account = open_account(business=world.business, at=NOW)
    assert facts_of(account).joined_on == NOW.date()
    assert facts_of(None).joined_on is None
