"""The oracle can fail: each of these faults, put into the product, must be found within a few hundred operations."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from loyalty.domain import ledger
from loyalty.domain.ledger import booking, bulk, page, plain, sweep
from loyalty.domain.ledger.page import Page
from loyalty.domain.refunds import Back
from loyalty.domain.sale_input import SaleInput
from loyalty.engine import lots, refunds
from loyalty.engine.lots import LotView
from loyalty.engine.policies import Steps
from loyalty.models import program
from tests.oracle.driver import Driver, Mismatch
from tests.oracle.play import play
from tests.oracle.seasons import KIOSK
from tests.oracle.terms import ShopTerms

pytestmark = pytest.mark.django_db

START = datetime(2024, 2, 20, 9, tzinfo=UTC)
SEASONS, STEPS = 6, 120
type Break = Callable[[pytest.MonkeyPatch], None]


def spends_what_lasts_longest_first(patch: pytest.MonkeyPatch) -> None:
    def reverse(lot: LotView) -> tuple[bool, int, int]:
        return (lot.last_good_day is not None, -(lot.last_good_day or date.max).toordinal(), -lot.earned_seq)

    patch.setattr(lots, "spending_order", reverse)


def rounds_shares_of_refunds_down(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(refunds, "_share", lambda awarded, refunded, total: awarded * refunded // total if total else awarded)


def forgets_earlier_refunds(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(page, "reversed_so_far", lambda posting: {})
    patch.setattr(ledger, "reversed_so_far", lambda posting: {})


def lets_awards_last_a_day_longer(patch: pytest.MonkeyPatch) -> None:
    found = program.award_good_through

    def later(steps: Steps, day: date) -> date | None:
        last = found(steps, day)
        return last + timedelta(days=1) if last else None

    patch.setattr(program, "award_good_through", later)


def ends_good_days_a_day_early(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(LotView, "is_past", lambda lot, on: lot.last_good_day is not None and lot.last_good_day <= on)


def spends_what_is_held(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(LotView, "is_good", lambda lot, on: not lot.is_past(on))


def takes_any_content_for_a_key(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(booking.Booking, "fingerprint", lambda head, *content: "")
    patch.setattr(SaleInput, "is_told_by", lambda sale, row: True)
    patch.setattr(Back, "is_told_by", lambda back, row: True)


def never_settles_debts(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Page, "settle", lambda *words: None)


def books_around_debts(patch: pytest.MonkeyPatch) -> None:
    statement, check = plain.postgresql.statement, plain.sqlite._check
    patch.setattr(plain.postgresql, "statement", lambda count: without(statement(count), "AND owed = 0"))
    patch.setattr(plain.sqlite, "_check", lambda: (without(check()[0], "AND balance.owed = 0"), check()[1]))


def without(text: str, part: str) -> str:
    assert part in text
    return text.replace(part, "")


def takes_back_what_has_run_out(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Page, "_run_out", lambda *words: 0)


def gives_back_what_has_run_out(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Page, "expire", lambda *words: None)


def gives_back_the_first_taken_first(patch: pytest.MonkeyPatch) -> None:
    found = lots.plan_give_back
    patch.setattr(lots, "plan_give_back", lambda takes, amount: found(list(reversed(takes)), amount))


def leaves_the_own_lot_alone(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Page, "_from_own", lambda *words: {})


def revives_what_inactivity_ended(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ledger, "lapse", lambda *words: None)
    patch.setattr(sweep, "lapse", lambda *words: None)


def leaves_debts_behind_on_merging(patch: pytest.MonkeyPatch) -> None:
    load = sweep.Load
    patch.setattr(sweep, "Load", lambda lots, owed: load(lots, 0))


def forgives_everybody(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Page, "_left_open", lambda sheet, unit_id, rest: (0, rest))


def forgets_activity(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(page, "is_activity", lambda posting, entry: False)
    patch.setattr(bulk, "is_activity", lambda posting, entry: False)


MUTANTS: tuple[Break, ...] = (
    spends_what_lasts_longest_first, rounds_shares_of_refunds_down, forgets_earlier_refunds,
    lets_awards_last_a_day_longer, ends_good_days_a_day_early, spends_what_is_held, takes_any_content_for_a_key,
    never_settles_debts, books_around_debts, takes_back_what_has_run_out, gives_back_what_has_run_out,
    gives_back_the_first_taken_first, leaves_the_own_lot_alone, revives_what_inactivity_ended,
    leaves_debts_behind_on_merging, forgives_everybody, forgets_activity,
)  # fmt: skip


def overdraw() -> None:
    """A short story of a debt and the plain purchase that pays it, which the dice tell too rarely."""
    driver = Driver([(ShopTerms("Kiosk", "UTC", KIOSK), [])], START)
    bill = {"total": 5000, "goods": (), "visit": False, "receipt": "", "when": START, "now": START}
    driver.do("open_account", 0, now=START)
    driver.do("buy", 0, account=0, key="first", **bill)
    driver.do("adjust", 0, account=0, unit="points", amount=-40, key="less", last=None, now=START)
    driver.do("refund", 0, sale=0, key="back", amount=5000, lines=(), when=START, now=START)
    driver.do("buy", 0, account=0, key="second", **bill)
    driver.audit(START, prove=True)


def play_all() -> None:
    overdraw()
    for number in range(SEASONS):
        play(Random(f"mutants:{number}"), STEPS)


def test_the_product_as_it_is_passes():
    play_all()


@pytest.mark.parametrize("fault", MUTANTS, ids=lambda fault: fault.__name__)
def test_a_fault_is_found(fault: Break, monkeypatch: pytest.MonkeyPatch):
    fault(monkeypatch)
    with pytest.raises(Mismatch):
        play_all()
