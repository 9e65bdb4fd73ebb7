"""Taking rewards online, and the vouchers that come of it."""

from uuid import uuid4

import pytest
from django.test import Client

from loyalty.engine.codes import grouped
from loyalty.models import Channel, Entry, Posting
from loyalty.queries.ledger import balances_of
from rewards.domain import catalogue, vouchers
from rewards.domain.catalogue import RewardDetails
from rewards.models import Redemption, Reward, Voucher, VoucherState
from tests.members.newcomer import Newcomer
from tests.pages import actions, alerts, select, texts, undo_offers
from tests.world import NOW, World


def redeem(mia: Newcomer, reward: Reward, key: str = ""):
    return mia.post("redeem", {"key": key or str(uuid4())}, reward=reward.public_id)


def points(world: World) -> int:
    return balances_of(world.member.account, NOW)[0].amount


def rows() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Posting, Entry, Redemption, Voucher))


class TestTaking:
    def test_the_balance_pays_and_a_voucher_comes(self, world, mia):
        world.purchase(6000)
        answer = redeem(mia, world.reward)
        voucher = Voucher.objects.get()
        assert answer.url == mia.url("voucher", voucher=voucher.public_id)
        assert points(world) == 10
        assert (voucher.redemption.channel, voucher.redemption.staff) == (Channel.PORTAL, None)

    def test_the_voucher_can_be_read_out_and_given_back(self, world, mia):
        world.purchase(6000)
        page = mia.client.get(redeem(mia, world.reward).url)
        voucher = Voucher.objects.get()
        assert texts(page, ".ticket-code") == [grouped(voucher.code)]
        assert mia.url("voucher-cancel", voucher=voucher.public_id) in actions(page)

    def test_a_toast_names_what_was_taken_and_offers_to_give_it_back(self, world, mia):
        world.purchase(6000)
        answer = redeem(mia, world.reward)
        assert undo_offers(answer) == [mia.url("voucher-cancel", voucher=Voucher.objects.get().public_id)]
        assert "Free coffee" in texts(mia.client.get(answer.url), "[data-toast] p")[0]

    def test_a_double_click_takes_it_once(self, world, mia):
        world.purchase(20000)
        key = str(uuid4())
        assert redeem(mia, world.reward, key).url == redeem(mia, world.reward, key).url
        assert (Redemption.objects.count(), points(world)) == (1, 150)

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"cost": 70}, "10 points"),
            ({"stock": 0}, "The last piece of Free coffee has just gone."),
            ({"online": False}, "Free coffee cannot be had online now."),
            ({"state": "archived"}, "Free coffee cannot be had online now."),
        ],
    )
    def test_what_cannot_be_taken_is_refused_and_nothing_changes(self, world, mia, change, words):
        world.purchase(6000)
        Reward.objects.filter(pk=world.reward.pk).update(**change)
        before = rows()
        answer = redeem(mia, world.reward)
        assert (answer.status_code, rows()) == (422, before)
        assert words in texts(answer, ".notice.bad [role=alert]")[0]

    def test_as_often_as_one_member_can(self, world, mia):
        Reward.objects.filter(pk=world.reward.pk).update(per_member=1)
        world.purchase(20000)
        redeem(mia, world.reward)
        answer = redeem(mia, world.reward)
        assert "You have had Free coffee as often as one member can." in answer.content.decode()
        assert (answer.status_code, Redemption.objects.count()) == (422, 1)

    @pytest.mark.parametrize("key", ["", "1", "'; --", "x" * 500])
    def test_a_key_that_is_none_is_refused(self, world, mia, key):
        world.purchase(6000)
        answer = mia.post("redeem", {"key": key}, reward=world.reward.public_id)
        assert (answer.status_code, Redemption.objects.count()) == (422, 0)

    def test_a_key_that_was_used_for_another_reward_is_refused(self, world, mia):
        other = catalogue.create(
            business=world.business, details=RewardDetails(name="Tea", unit=world.points, cost=5),
            by=world.at_console(), at=NOW,
        )  # fmt: skip
        world.purchase(20000)
        key = str(uuid4())
        redeem(mia, world.reward, key)
        answer = redeem(mia, other, key)
        assert "This button was used for something else." in answer.content.decode()
        assert (answer.status_code, Redemption.objects.count()) == (422, 1)

    def test_each_button_carries_its_own_key(self, world, mia):
        world.purchase(20000)
        page = mia.get("rewards")
        take = f"form[action={mia.url('redeem', reward=world.reward.public_id)}]"
        assert len(select(page, f"{take} [name=key]")) == len(select(page, "[name=key]")) == 1
        assert "50 points" in texts(page, f"{take} button")[0]

    def test_what_is_out_of_reach_has_a_way_instead_of_a_button(self, world, mia):
        world.purchase(20000)
        page = mia.get("rewards")
        assert mia.url("redeem", reward=world.stamp_reward.public_id) not in actions(page)
        assert [(bar["value"], bar["max"]) for bar in select(page, "progress")] == [("1", "10")]


class TestVouchers:
    def take(self, world: World, mia: Newcomer) -> Voucher:
        world.purchase(6000)
        redeem(mia, world.reward)
        return Voucher.objects.get()

    def test_given_back_the_balance_is_as_before(self, world, mia):
        voucher = self.take(world, mia)
        answer = mia.post("voucher-cancel", voucher=voucher.public_id)
        assert (answer.url, alerts(answer)[-1]) == (mia.url("rewards"), "success")
        assert (points(world), Voucher.objects.get().state) == (60, VoucherState.CANCELLED)

    def test_given_back_it_says_so_and_is_not_given_back_again(self, world, mia):
        voucher = self.take(world, mia)
        mia.post("voucher-cancel", voucher=voucher.public_id)
        mia.get("rewards")
        page = mia.get("voucher", voucher=voucher.public_id)
        assert "You got 50 points back." in texts(page, ".ticket.spent")[0]
        assert mia.url("voucher-cancel", voucher=voucher.public_id) not in actions(page)

    def test_given_back_twice_it_comes_back_once(self, world, mia):
        voucher = self.take(world, mia)
        mia.post("voucher-cancel", voucher=voucher.public_id)
        before = rows()
        assert mia.post("voucher-cancel", voucher=voucher.public_id).status_code == 302
        assert (rows(), points(world)) == (before, 60)

    def test_what_was_used_stays_used(self, world, mia):
        voucher = self.take(world, mia)
        vouchers.use(voucher=voucher, by=world.at_counter(), at=voucher.redemption.at)
        before = rows()
        answer = mia.client.post(mia.url("voucher-cancel", voucher=voucher.public_id), follow=True)
        assert "it cannot be given back" in answer.content.decode()
        assert (rows(), points(world)) == (before, 10)
        assert select(mia.get("voucher", voucher=voucher.public_id), ".ticket.spent")

    def test_the_list_has_what_is_ready_on_top(self, world, mia):
        self.take(world, mia)
        page = mia.get("vouchers")
        assert len(select(page, ".vouchers .badge.good")) == 1
        assert not select(page, "#past")

    def test_the_list_has_what_was_used_below(self, world, mia):
        voucher = self.take(world, mia)
        vouchers.use(voucher=voucher, by=world.at_counter(), at=voucher.redemption.at)
        page = mia.get("vouchers")
        assert not select(page, ".vouchers .badge.good")
        assert len(select(page, "section[aria-labelledby=past] .vouchers li")) == 1

    def test_the_voucher_of_another_member_is_not_there(self, world, mia):
        voucher = self.take(world, mia)
        nora = Client()
        nora.force_login(world.other_member_user)
        assert nora.get(mia.url("voucher", voucher=voucher.public_id)).status_code == 404
        elsewhere = Newcomer(world.other_business, nora)
        assert elsewhere.get("voucher", voucher=voucher.public_id).status_code == 404
        assert elsewhere.post("voucher-cancel", voucher=voucher.public_id).status_code == 404
        assert Voucher.objects.get().state == VoucherState.ISSUED

    @pytest.mark.parametrize("number", [1, 3])
    def test_the_list_costs_the_same_however_long_it_is(self, world, mia, number, django_assert_num_queries):
        for _ in range(number):
            world.purchase(6000)
            redeem(mia, world.reward)
        with django_assert_num_queries(6):
            mia.get("vouchers")
