"""Two accounts merged and parted: nothing is lost on the way, and what is late follows."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from loyalty.domain import ledger, merging
from loyalty.domain.accounts import open_account
from loyalty.domain.program import RuleDraft
from loyalty.models import Account, AccountMerge, AuditEvent, Entry, Lot, Posting, PostingKind
from loyalty.queries.accounts import behind, current
from loyalty.queries.verify import verify
from tests.loyalty.books import START, Books
from tests.world import make_user, open_shop

pytestmark = pytest.mark.django_db

SOON, LATER = date(2026, 2, 1), date(2026, 6, 1)


def merge(old: Books, new: Books, *, key: str = "merge-1", at=START) -> AccountMerge:
    merged = merging.merge(source=old.account, target=new.account, key=key, by=old.by, at=at)
    for books in (old, new):
        books.account.refresh_from_db()
    return merged


def part(merged: AccountMerge, old: Books, at=START) -> AccountMerge:
    return merging.undo(merge=merged, by=old.by, at=at)


def held(books: Books) -> list[tuple[int, date | None]]:
    lots = Lot.objects.filter(account=books.account, remaining__gt=0).order_by("pk")
    return list(lots.values_list("remaining", "last_good_day"))


@pytest.fixture(autouse=True)
def _sound():
    yield
    assert [finding for finding in verify() if finding.faults] == []


def test_what_is_left_goes_over_lot_by_lot_with_its_own_days(books: Books):
    old, new = books.two()
    old.give(100, last_good_day=LATER)
    old.give(50, last_good_day=SOON)
    old.spend(70)
    new.give(5)
    merged = merge(old, new)
    assert (old.balance, new.balance) == (0, 85)
    assert (held(old), held(new)) == ([], [(5, None), (80, LATER)])
    moved = Lot.objects.get(account=new.account, last_good_day=LATER)
    assert (moved.moved_from.account, moved.at) == (old.account, START)
    assert current(old.account) == new.account
    assert behind([new.account.pk]) == {new.account.pk: new.account.pk, old.account.pk: new.account.pk}
    kinds = list(Posting.objects.filter(kind="merge").order_by("pk").values_list("account", flat=True))
    assert kinds == [old.account.pk, new.account.pk]
    event = AuditEvent.objects.get(verb="account.merged")
    assert (event.object_id, event.data) == (
        str(merged.pk),
        {"source": old.account.pk, "target": new.account.pk},
    )


def test_an_empty_account_is_merged_without_a_posting(books: Books):
    old, new = books.two()
    new.give(5)
    merge(old, new)
    assert Posting.objects.filter(kind="merge").count() == 0
    assert current(old.account) == new.account


def test_what_has_run_out_stays_and_expires_where_it_is(books: Books):
    old, new = books.two()
    old.give(30, last_good_day=SOON)
    merge(old, new, at=START + timedelta(days=40))
    assert (held(old), held(new)) == ([(30, SOON)], [])
    old.expire(START + timedelta(days=41))
    assert (old.balance, held(old)) == (0, [])


def test_what_is_owed_goes_along_and_is_paid_from_the_target(books: Books):
    old, new = books.two()
    bought = old.buy(10000)
    old.spend(80)
    old.refund(bought, 10000)
    assert (old.balance, old.owed) == (0, 80)
    new.give(50, last_good_day=LATER)
    merge(old, new)
    assert (old.owed, new.balance, new.owed) == (0, 0, 30)
    new.buy(10000)
    assert (new.balance, new.owed) == (70, 0)


def test_the_same_key_again_is_the_first_merge(books: Books):
    old, new = books.two()
    old.give(10)
    first = merge(old, new)
    before = old.rows()
    assert merge(old, new, at=START + timedelta(days=3)) == first
    assert old.rows() == before
    third = replace(old, account=open_account(business=old.role.business, at=START))
    with pytest.raises(ledger.KeyReused):
        merge(third, new)


def refused(error, source: Account, target: Account, books: Books) -> None:
    before = (*books.rows(), AccountMerge.objects.count())
    with pytest.raises(error):
        merging.merge(source=source, target=target, key="other", by=books.by, at=START)
    assert (*books.rows(), AccountMerge.objects.count()) == before


def test_who_cannot_be_merged(books: Books):
    old, new = books.two()
    third = open_account(business=old.role.business, at=START)
    old.give(10)
    refused(merging.SameAccount, old.account, old.account, old)
    stranger = open_account(business=open_shop(make_user("sol"), "Sol", "sol").business, at=START)
    refused(merging.OfAnotherBusiness, old.account, stranger, old)
    closed = open_account(business=old.role.business, at=START)
    Account.objects.filter(pk=closed.pk).update(closed_at=START)
    refused(merging.Closed, closed, new.account, old)
    refused(merging.Closed, new.account, closed, old)
    merge(old, new)
    refused(merging.AlreadyMerged, old.account, third, old)
    refused(merging.AlreadyMerged, third, old.account, old)


def test_a_purchase_with_the_old_card_is_booked_on_the_new_one(books: Books):
    old, new = books.two()
    merge(old, new)
    bought = old.buy(1000)
    assert (bought.sale.account, bought.posting.account) == (new.account, new.account)
    assert new.balance == 10


def test_a_refund_of_an_old_purchase_takes_back_what_it_earned_wherever_it_lies(books: Books):
    old, new = books.two()
    new.give(40, last_good_day=SOON)
    bought = old.buy(10000)
    merge(old, new)
    old.refund(bought, 4000)
    assert (old.balance, old.owed, new.balance, new.owed) == (0, 0, 100, 0)
    assert held(new) == [(40, SOON), (60, None)]
    old.refund(bought, 6000)
    assert held(new) == [(40, SOON)]


def test_a_refund_after_the_points_were_spent_with_the_new_card_is_owed_there(books: Books):
    old, new = books.two()
    bought = old.buy(10000)
    merge(old, new)
    new.spend(70)
    old.refund(bought, 10000)
    assert (old.owed, new.balance, new.owed) == (0, 0, 70)


def test_a_refund_does_not_take_what_ran_out_on_the_new_card(books: Books):
    old, new = books.two(expiry="days", expiry_count=10)
    bought = old.buy(10000)
    merge(old, new)
    new.spend(30)
    old.expire(START + timedelta(days=20))
    assert (new.balance, new.owed) == (0, 0)
    old.refund(bought, 10000, at=START + timedelta(days=21))
    assert (old.owed, new.owed) == (0, 30)


def test_undoing_an_old_redemption_gives_back_through_its_own_lot(books: Books):
    old, new = books.two()
    old.give(100, last_good_day=SOON)
    spent = old.spend(60)
    merge(old, new)
    old.undo(spent)
    assert (held(old), held(new)) == ([], [(40, SOON), (60, SOON)])


def test_undoing_an_old_redemption_too_late_expires_on_the_old_account(books: Books):
    old, new = books.two()
    old.give(100, last_good_day=SOON)
    spent = old.spend(60)
    merge(old, new)
    old.undo(spent, at=START + timedelta(days=40))
    assert (old.balance, new.balance) == (0, 40)
    assert Entry.objects.filter(account=old.account, kind="expire").get().amount == -60


def test_every_verb_of_the_ledger_leaves_a_merged_account_empty(books: Books):
    old, new = books.two()
    merge(old, new)
    line = [ledger.AwardLine(old.unit, 7)]
    ledger.award(old.booking(PostingKind.GIFT), line)
    ledger.adjust(old.booking(PostingKind.ADJUSTMENT, reason="late"), unit=old.unit, amount=5)
    ledger.award_many([(old.booking(PostingKind.PURCHASE), line), (new.booking(PostingKind.PURCHASE), line)])
    assert (old.balance, held(old)) == (0, [])
    assert new.balance == 7 + 5 + 7 + 7
    with pytest.raises(ledger.NotEnough):
        old.spend(1)


def test_what_reaches_the_first_of_three_cards_goes_all_the_way(books: Books):
    old, new = books.two()
    last = replace(old, account=open_account(business=old.role.business, at=START))
    bought = old.buy(10000)
    merge(old, new)
    merge(new, last, key="merge-2")
    assert (old.balance, new.balance, last.balance) == (0, 0, 100)
    old.refund(bought, 2500)
    assert (old.owed, new.owed, last.balance) == (0, 0, 75)
    assert current(old.account) == last.account


def test_parted_again_what_is_left_goes_back_and_what_was_earned_since_stays(books: Books):
    old, new = books.two()
    old.give(100, last_good_day=LATER)
    new.give(20, last_good_day=SOON)
    merged = merge(old, new)
    new.spend(50)
    new.buy(700)
    part(merged, old)
    old.account.refresh_from_db()
    assert (old.balance, new.balance) == (70, 7)
    assert (held(old), held(new)) == ([(70, LATER)], [(7, None)])
    assert old.account.merged_into is None
    assert (merged.source.merges_away.get().undone_by, merged.source.merges_away.get().undone_at) == (old.role, START)
    before = old.rows()
    part(merged, old)
    assert old.rows() == before


def test_parted_again_a_refund_finds_its_own_points_on_the_old_card(books: Books):
    old, new = books.two()
    bought = old.buy(10000)
    part(merge(old, new), old)
    old.give(30, last_good_day=SOON)
    old.refund(bought, 10000)
    assert (old.balance, old.owed, held(old)) == (30, 0, [(30, SOON)])


def test_a_request_sent_again_is_known_before_and_after_the_merge(books: Books):
    old, new = books.two()
    before = old.buy(1000, key="before")
    merged = merge(old, new)
    between = old.buy(2000, key="between")
    assert [old.buy(1000, key="before").sale, old.buy(2000, key="between").sale] == [before.sale, between.sale]
    part(merged, old)
    old.account.refresh_from_db()
    rows = old.rows()
    assert [old.buy(1000, key="before").sale, old.buy(2000, key="between").sale] == [before.sale, between.sale]
    with pytest.raises(ledger.KeyReused):
        new.buy(1000, key="before")
    assert old.rows() == rows


def test_a_request_sent_again_is_known_when_the_card_leads_elsewhere_by_now(books: Books):
    old, new = books.two()
    third = replace(old, account=open_account(business=old.role.business, at=START))
    merged = merge(old, new)
    bought = old.buy(2000, key="between")
    part(merged, old)
    old.account.refresh_from_db()
    merge(old, third, key="merge-2")
    rows = old.rows()
    assert (old.buy(2000, key="between").sale, old.rows()) == (bought.sale, rows)


def test_parted_again_a_debt_goes_back_as_far_as_it_was_not_paid(books: Books):
    old, new = books.two()
    bought = old.buy(10000)
    old.spend(100)
    old.refund(bought, 10000)
    merged = merge(old, new)
    new.buy(4000)
    own = new.buy(1000)
    assert (new.balance, new.owed) == (0, 50)
    new.refund(own, 1000)
    assert new.owed == 60
    part(merged, old)
    assert (old.owed, new.owed) == (50, 10)


def test_parted_only_in_the_order_in_which_they_were_merged(books: Books):
    old, new = books.two()
    last = replace(old, account=open_account(business=old.role.business, at=START))
    old.give(100)
    first = merge(old, new)
    second = merge(new, last, key="merge-2")
    before = old.rows()
    with pytest.raises(merging.MergedOn):
        part(first, old)
    assert old.rows() == before
    part(second, old)
    part(first, old)
    assert (old.balance, new.balance, last.balance) == (100, 0, 0)


def test_merged_the_other_way_round_after_being_parted(books: Books):
    old, new = books.two()
    old.give(100, last_good_day=LATER)
    part(merge(old, new), old)
    new.give(10)
    old.account.refresh_from_db()
    back = merge(new, old, key="merge-2")
    assert (old.balance, new.balance) == (110, 0)
    part(back, old)
    assert (held(old), held(new)) == ([(100, LATER)], [(10, None)])


def test_a_merge_is_an_activity_for_what_expires_without_one(books: Books):
    old, new = books.two(expiry="inactivity_days", expiry_count=30)
    old.buy(1000)
    new.buy(500)
    merge(old, new, at=START + timedelta(days=29))
    assert new.expire(START + timedelta(days=40)) == 0
    assert new.balance == 15


def test_what_inactivity_has_ended_does_not_come_to_life_again(books: Books):
    old, new = books.two(expiry="inactivity_days", expiry_count=30)
    old.buy(1000)
    merge(old, new, at=START + timedelta(days=40))
    assert new.account.balances.count() == 0
    assert [finding for finding in verify() if finding.faults] == []
    old.expire(START + timedelta(days=41))
    assert (old.balance, held(old)) == (0, [])


def test_limits_count_over_both_cards(books: Books):
    ten = RuleDraft("points", "Ten", "purchase", "per_amount", 1, per_amount=100, fields={"limit_per_day": 10})
    old, new = books.two(rule=ten)
    old.buy(800)
    merge(old, new)
    new.buy(800)
    assert new.balance == 10


def test_what_has_a_day_of_its_own_goes_over_though_inactivity_ended_the_rest(books: Books):
    old, new = books.two(expiry="inactivity_days", expiry_count=10)
    old.buy(1000)
    old.give(7, last_good_day=LATER)
    merge(old, new, at=START + timedelta(days=20))
    assert (held(old), held(new)) == ([], [(7, LATER)])
    assert Entry.objects.get(kind="expire").amount == -10
