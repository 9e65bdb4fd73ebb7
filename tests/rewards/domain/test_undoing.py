"""What a member has had is given back within minutes, or late with a reason; and that is undone in its turn."""

from datetime import date, timedelta

import pytest

from loyalty.domain.actors import Actor
from loyalty.models import AuditEvent, Channel, Posting
from members.models import Member
from rewards.domain import redemptions, undoing, vouchers
from rewards.domain.redemptions import ChangedSince, LimitReached, NotEnough, OutOfStock, UndoTooLate
from rewards.domain.undoing import OwnAccount, ReasonMissing
from rewards.domain.vouchers import PutBackTooLate
from rewards.models import Redemption, RedemptionUndo, Voucher, VoucherState
from tests.rewards.shop import Shop, assert_sound, rows
from tests.world import NOW

MINUTES = timedelta(minutes=15)
LATE = NOW + MINUTES + timedelta(seconds=1)


@pytest.fixture
def shop(shop: Shop) -> Shop:
    shop.give(100)
    return shop


def undo(shop: Shop, redemption: Redemption, *, at=LATE, any_time: bool = True, reason: str = "") -> Redemption:
    return redemptions.undo(
        redemption=redemption, key=shop.key(), by=shop.at_console(), at=at, any_time=any_time, reason=reason
    )


def redo(shop: Shop, redemption: Redemption, *, at=NOW, any_time: bool = False) -> Redemption:
    return redemptions.redo(redemption=redemption, by=shop.at_counter(), at=at, any_time=any_time)


def every_row() -> tuple[int, ...]:
    return (*rows(), RedemptionUndo.objects.count(), AuditEvent.objects.count())


class TestGivingBackLate:
    def test_what_was_used_is_not_given_back_without_a_reason(self, shop: Shop) -> None:
        redemption = shop.redeem(shop.add(), hand_out=True)
        before = every_row()
        with pytest.raises(ReasonMissing):
            undo(shop, redemption)
        assert (every_row(), shop.balance()) == (before, 90)

    def test_with_a_reason_it_is(self, shop: Shop) -> None:
        undone = undo(shop, shop.redeem(shop.add(stock=3), hand_out=True), reason="It was cold")
        assert (undone.voucher.state, shop.balance()) == (VoucherState.CANCELLED, 100)
        assert RedemptionUndo.objects.get().reason == "It was cold"
        assert_sound()

    def test_the_reason_stands_in_the_booking(self, shop: Shop) -> None:
        undo(shop, shop.redeem(shop.add(), hand_out=True), reason="It was cold")
        assert Posting.objects.get(kind="undo").reason == "It was cold"

    def test_a_reason_is_no_right_of_a_cashier(self, shop: Shop) -> None:
        redemption = shop.redeem(shop.add(), hand_out=True)
        before = every_row()
        with pytest.raises(UndoTooLate):
            undo(shop, redemption, any_time=False, reason="It was cold")
        assert every_row() == before

    def test_the_minutes_count_from_the_handing_over(self, shop: Shop) -> None:
        redemption = shop.redeem(shop.add(), by=shop.at_portal())
        vouchers.use(voucher=redemption.voucher, by=shop.at_counter(), at=NOW + timedelta(days=2))
        undo(shop, redemption, at=NOW + timedelta(days=2) + MINUTES)
        assert shop.balance() == 100

    def test_what_ran_out_unused_is_not_given_back_without_a_reason(self, shop: Shop) -> None:
        redemption = shop.redeem(shop.add(voucher_days=1))
        with pytest.raises(ReasonMissing):
            undo(shop, redemption, at=NOW + timedelta(days=3))
        assert shop.balance() == 90

    def test_a_voucher_that_is_still_good_needs_none(self, shop: Shop) -> None:
        undo(shop, shop.redeem(shop.add()), at=NOW + timedelta(days=3))
        assert shop.balance() == 100

    def test_a_slip_needs_none_and_keeps_none(self, shop: Shop) -> None:
        undo(shop, shop.redeem(shop.add(), hand_out=True), at=NOW + MINUTES, any_time=False, reason="x")
        assert (RedemptionUndo.objects.get().reason, shop.balance()) == ("", 100)

    def test_the_log_says_what_changed(self, shop: Shop) -> None:
        redemption = shop.redeem(shop.add(), hand_out=True)
        undo(shop, redemption, reason="It was cold")
        event = AuditEvent.objects.get(verb="redemption.undone")
        assert (event.object_id, event.data) == (
            str(redemption.pk),
            {
                "voucher": ["used", "cancelled"], "balance": [90, 100], "unit": shop.points.pk,
                "undo": RedemptionUndo.objects.get().pk,
            },
        )  # fmt: skip


class TestGoodAgainLate:
    @pytest.fixture
    def voucher(self, shop: Shop) -> Voucher:
        voucher = shop.redeem(shop.add(), by=shop.at_portal()).voucher
        return vouchers.use(voucher=voucher, by=shop.at_counter(), at=NOW)

    def put_back(self, shop: Shop, voucher: Voucher, **more: object) -> Voucher:
        return vouchers.put_back(voucher=voucher, by=shop.at_counter(), **{"at": LATE, "any_time": True} | more)

    def test_not_without_a_reason(self, shop: Shop, voucher: Voucher) -> None:
        before = every_row()
        with pytest.raises(ReasonMissing):
            self.put_back(shop, voucher)
        voucher.refresh_from_db()
        assert (every_row(), voucher.state) == (before, VoucherState.USED)

    def test_with_one(self, shop: Shop, voucher: Voucher) -> None:
        assert self.put_back(shop, voucher, reason="Wrong drink").state == VoucherState.ISSUED
        assert RedemptionUndo.objects.get().reason == "Wrong drink"

    def test_not_by_a_cashier(self, shop: Shop, voucher: Voucher) -> None:
        with pytest.raises(PutBackTooLate):
            self.put_back(shop, voucher, any_time=False, reason="Wrong drink")

    def test_undone_it_was_used_when_and_by_whom_it_was(self, shop: Shop, voucher: Voucher) -> None:
        self.put_back(shop, voucher, at=NOW + MINUTES)
        for _ in range(2):
            assert redo(shop, voucher.redemption, at=NOW + MINUTES) == voucher.redemption
        voucher.refresh_from_db()
        assert (voucher.state, voucher.used_at, voucher.used_by) == (VoucherState.USED, NOW, shop.cashier_role)
        assert AuditEvent.objects.filter(verb="voucher.used_again").count() == 1
        assert_sound()

    def test_undone_also_when_it_has_run_out_meanwhile(self, shop: Shop, voucher: Voucher) -> None:
        self.put_back(shop, voucher, at=NOW)
        vouchers.expire(business=shop.business, today=date(2027, 1, 1), at=NOW)
        redo(shop, voucher.redemption)
        voucher.refresh_from_db()
        assert (voucher.state, voucher.closed_at) == (VoucherState.USED, None)

    def test_not_once_it_was_used_anew(self, shop: Shop, voucher: Voucher) -> None:
        self.put_back(shop, voucher, at=NOW)
        vouchers.use(voucher=voucher, by=shop.at_counter(), at=NOW)
        before = every_row()
        with pytest.raises(ChangedSince):
            redo(shop, voucher.redemption)
        assert every_row() == before

    def test_once_undone_it_can_be_undone_anew(self, shop: Shop, voucher: Voucher) -> None:
        for _ in range(2):
            self.put_back(shop, voucher, at=NOW)
            redo(shop, voucher.redemption)
        assert RedemptionUndo.objects.exclude(undone_at=None).count() == 2


class TestUndoOfAnUndo:
    def test_what_was_given_back_is_spent_again(self, shop: Shop) -> None:
        mug = shop.add(stock=3)
        redemption = shop.redeem(mug, hand_out=True)
        undo(shop, redemption, at=NOW)
        again = redo(shop, redemption)
        mug.refresh_from_db()
        assert (again.cost, shop.balance(), mug.stock) == (10, 90, 2)
        assert_sound()

    def test_its_voucher_was_used_when_it_was(self, shop: Shop) -> None:
        redemption = shop.redeem(shop.add(), hand_out=True)
        undo(shop, redemption, at=NOW + MINUTES)
        voucher = redo(shop, redemption, at=NOW + MINUTES).voucher
        assert (voucher.state, voucher.used_at, voucher.used_by) == (VoucherState.USED, NOW, shop.cashier_role)

    def test_a_voucher_that_was_good_is_good_as_long_as_before(self, shop: Shop) -> None:
        redemption = shop.redeem(shop.add(voucher_days=5))
        undo(shop, redemption, at=NOW)
        voucher = redo(shop, redemption).voucher
        assert (voucher.state, voucher.last_good_day) == (VoucherState.ISSUED, date(2026, 3, 15))

    def test_twice_is_once(self, shop: Shop) -> None:
        redemption = shop.redeem(shop.add(), hand_out=True)
        undo(shop, redemption, at=NOW)
        again = redo(shop, redemption)
        after = every_row()
        assert redo(shop, redemption, at=LATE + MINUTES) == again
        assert every_row() == after

    def test_it_can_be_undone_in_its_turn(self, shop: Shop) -> None:
        redemption = shop.redeem(shop.add(), hand_out=True)
        undo(shop, redemption, at=NOW)
        undo(shop, redo(shop, redemption), at=NOW)
        assert shop.balance() == 100
        assert_sound()

    def test_the_price_is_that_of_then(self, shop: Shop) -> None:
        mug = shop.add()
        redemption = shop.redeem(mug, hand_out=True)
        undo(shop, redemption, at=NOW)
        type(mug).objects.filter(pk=mug.pk).update(cost=25)
        assert redo(shop, redemption).cost == 10

    @pytest.mark.parametrize("any_time", [True, False])
    def test_only_for_some_minutes(self, shop: Shop, any_time: bool) -> None:
        redemption = shop.redeem(shop.add(), hand_out=True)
        undo(shop, redemption, at=NOW)
        before = every_row()
        with pytest.raises(UndoTooLate):
            redo(shop, redemption, at=LATE, any_time=any_time)
        assert every_row() == before

    def test_what_a_manager_decided_is_a_manager_s_to_undo(self, shop: Shop) -> None:
        redemption = shop.redeem(shop.add(), hand_out=True)
        undo(shop, redemption, reason="It was cold")
        with pytest.raises(UndoTooLate):
            redo(shop, redemption, at=LATE)
        redo(shop, redemption, at=LATE, any_time=True)
        assert shop.balance() == 90

    def test_what_was_never_undone_is_not(self, shop: Shop) -> None:
        with pytest.raises(ChangedSince):
            redo(shop, shop.redeem(shop.add()))

    def test_not_when_it_has_been_spent_since(self, shop: Shop) -> None:
        redemption = shop.redeem(shop.add(cost=60), hand_out=True)
        undo(shop, redemption, at=NOW)
        shop.redeem(shop.add("Cake", cost=60))
        before = every_row()
        with pytest.raises(NotEnough) as refused:
            redo(shop, redemption)
        assert (every_row(), refused.value.missing) == (before, 20)

    @pytest.mark.parametrize(("limit", "refusal"), [({"stock": 1}, OutOfStock), ({"per_member": 1}, LimitReached)])
    def test_not_when_it_has_been_taken_since(self, shop: Shop, limit, refusal) -> None:
        mug = shop.add(**limit)
        redemption = shop.redeem(mug, hand_out=True)
        undo(shop, redemption, at=NOW)
        shop.redeem(mug)
        before = every_row()
        with pytest.raises(refusal):
            redo(shop, redemption)
        assert every_row() == before


class TestOnesOwn:
    @pytest.fixture
    def own(self, shop: Shop) -> Redemption:
        """What the owner took as a member."""
        redemption = shop.redeem(shop.add(), hand_out=True)
        Member.objects.filter(pk=shop.member.pk).update(user=shop.owner)
        return Redemption.objects.get(pk=redemption.pk)

    def test_nobody_gives_back_to_themselves(self, shop: Shop, own: Redemption) -> None:
        before = every_row()
        with pytest.raises(OwnAccount):
            undo(shop, own, reason="It was cold")
        assert (every_row(), shop.balance()) == (before, 90)

    def test_without_the_check_it_would_be_given_back(self, shop: Shop, own: Redemption, monkeypatch) -> None:
        monkeypatch.setattr(undoing, "check_not_own", lambda account, by: None)
        undo(shop, own, reason="It was cold")
        assert shop.balance() == 100

    def test_platform_staff_may(self, shop: Shop, own: Redemption) -> None:
        by = Actor(Channel.ADMIN, shop.platform)
        redemptions.undo(redemption=own, key="a", by=by, at=LATE, any_time=True, reason="Asked by phone")
        assert shop.balance() == 100
