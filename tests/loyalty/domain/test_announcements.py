"""Giving back what a change took: one act, each posting once, whatever happens in between."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from loyalty.domain import announcements, expiry, ledger
from loyalty.domain.accounts import open_account
from loyalty.domain.actors import SYSTEM
from loyalty.domain.announcements import DayPassed, KeyReused, NothingTaken
from loyalty.domain.ledger import CannotReinstate
from loyalty.models import AuditEvent, EntryKind, PolicyReturn, Posting, PostingKind, UnitPolicy
from loyalty.queries.policies import announcements as announced
from loyalty.queries.verify import verify
from tests.loyalty.books import START, Books, open_books
from tests.loyalty.domain.test_policies import LAST, QUIET, go_live, noon

pytestmark = pytest.mark.django_db

OVER = noon(LAST) + timedelta(days=1)
GOOD = date(2027, 3, 31)


def taken() -> Books:
    """Return a shop whose change took 540 points from one card and 60 from another."""
    books = open_books()
    books.buy(54_000)
    other(books).buy(6_000)
    go_live(books, **QUIET)
    books.expire(OVER)
    return books


@pytest.fixture
def books() -> Books:
    return taken()


def other(books: Books) -> Books:
    return replace(books, account=open_account(business=books.role.business, at=START))


def change() -> UnitPolicy:
    return UnitPolicy.objects.select_related("business").latest("pk")


def give_back(books: Books, *, key: str = "k", reason: str = "Sorry", last: date = GOOD) -> PolicyReturn:
    return announcements.give_back(change=change(), last_good_day=last, reason=reason, key=key, by=books.by, at=OVER)


def carry_out(returned: PolicyReturn) -> int:
    fresh = PolicyReturn.objects.select_related("policy__business", "returned_by__user").get(pk=returned.pk)
    return announcements.carry_out(fresh, at=OVER)


def given(books: Books) -> list[int]:
    rows = Posting.objects.filter(business=books.role.business, kind=PostingKind.REINSTATE).order_by("account", "pk")
    return [sum(entry.amount for entry in row.entries.all() if entry.kind == EntryKind.REINSTATE) for row in rows]


def test_what_it_took_is_known(books: Books):
    (found,) = announced(books.role.business, OVER)
    assert (found.members, found.amount, found.waiting, found.is_coming) == (2, 600, 2, False)


def test_every_card_gets_back_what_it_lost(books: Books):
    assert (carry_out(give_back(books)), given(books)) == (2, [540, 60])


def test_it_is_good_through_the_day_that_was_said(books: Books):
    carry_out(give_back(books))
    lot = books.account.lots.get(entry__kind=EntryKind.REINSTATE)
    assert (lot.remaining, lot.last_good_day) == (540, GOOD)


def test_carrying_it_out_again_gives_nothing_more(books: Books):
    returned = give_back(books)
    carry_out(returned)
    assert (carry_out(returned), given(books)) == (0, [540, 60])


def test_a_killed_worker_leaves_the_rest_to_the_next(books: Books, monkeypatch):
    returned = give_back(books)
    monkeypatch.setattr(announcements, "AT_ONCE", 1)

    def killed() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        announcements.carry_out(PolicyReturn.objects.get(pk=returned.pk), at=OVER, between=killed)
    assert given(books) == [540]
    assert (carry_out(returned), given(books)) == (1, [540, 60])


def test_the_same_key_is_the_same_act(books: Books):
    assert give_back(books) == give_back(books)
    assert PolicyReturn.objects.count() == 1


def test_the_same_key_for_something_else_is_refused(books: Books):
    give_back(books)
    with pytest.raises(KeyReused):
        give_back(books, reason="Another")
    assert PolicyReturn.objects.count() == 1


def test_a_day_that_is_over_is_refused(books: Books):
    with pytest.raises(DayPassed):
        give_back(books, last=LAST)
    assert PolicyReturn.objects.count() == 0


def test_a_second_act_for_the_same_is_refused_before_the_first_is_carried_out(books: Books):
    give_back(books)
    with pytest.raises(NothingTaken):
        give_back(books, key="k2")
    assert PolicyReturn.objects.count() == 1


def test_once_all_is_given_back_there_is_nothing_more(books: Books):
    carry_out(give_back(books))
    with pytest.raises(NothingTaken):
        give_back(books, key="k2")
    assert PolicyReturn.objects.count() == 1


def test_what_was_given_again_by_hand_is_not_given_twice(books: Books):
    expired = Posting.objects.get(account=books.account, kind=PostingKind.EXPIRY)
    expiry.reinstate(expired=expired, last_good_day=GOOD, reason="Sorry", key="hand", by=books.by, at=OVER)
    carry_out(give_back(books))
    assert given(books) == [540, 60]


def test_a_closed_card_gets_nothing(books: Books):
    books.account.closed_at = OVER
    books.account.save(update_fields=["closed_at"])
    carry_out(give_back(books))
    assert given(books) == [60]


def test_what_expires_after_the_act_waits_for_another(books: Books):
    returned = give_back(books)
    late = other(books)
    late.give(7, at=noon(LAST) - timedelta(days=400))
    books.expire(OVER + timedelta(hours=1))
    assert (late.balance, carry_out(returned), given(books)) == (0, 2, [540, 60])


def test_it_is_on_record_with_how_much(books: Books):
    give_back(books)
    event = AuditEvent.objects.get(verb="expiry.returned")
    assert (event.data["postings"], event.data["cards"]) == (2, 2)


def test_the_job_takes_none_of_it_again(books: Books):
    carry_out(give_back(books))
    books.expire(noon(GOOD))
    assert books.balance == 540


def test_the_ledger_holds(books: Books):
    carry_out(give_back(books))
    assert [finding.invariant for finding in verify() if finding.number] == []


def test_nobody_on_the_team_may_have_done_it(books: Books):
    returned = announcements.give_back(
        change=change(), last_good_day=GOOD, reason="Sorry", key="k", by=SYSTEM, at=OVER
    )  # fmt: skip
    assert carry_out(returned) == 2


class TestWhatARefundOrAnUndoLetRunOut:
    """What they give back of a reward had run out by then: the change took that as well."""

    LATER = OVER + timedelta(hours=1)

    @pytest.fixture
    def books(self) -> Books:
        books = open_books()
        books.buy(54_000)
        first, second = books.spend(40, at=START), books.spend(60, at=START)
        go_live(books, **QUIET)
        books.expire(OVER)
        books.undo(first, at=self.LATER)
        books.undo(second, at=self.LATER)
        return books

    def returned(self, books: Books) -> PolicyReturn:
        return announcements.give_back(
            change=change(), last_good_day=GOOD, reason="Sorry", key="k", by=books.by, at=self.LATER
        )

    def test_it_is_known(self, books: Books):
        (found,) = announced(books.role.business, self.LATER)
        assert (books.balance, found.members, found.amount, found.waiting) == (0, 1, 540, 3)

    def test_it_is_given_back(self, books: Books):
        assert (carry_out(self.returned(books)), given(books)) == (3, [440, 40, 60])

    def test_what_had_a_day_of_its_own_stays_gone(self, books: Books):
        books.give(7, last_good_day=LAST, at=START)
        spent = books.spend(7, at=START)
        books.undo(spent, at=self.LATER)
        assert (carry_out(self.returned(books)), given(books)) == (3, [440, 40, 60])

    def test_the_purchase_takes_back_all_of_it_and_no_more(self, books: Books):
        carry_out(self.returned(books))
        books.undo(Posting.objects.get(kind=PostingKind.PURCHASE), at=self.LATER)
        assert (books.balance, books.owed) == (0, 0)

    def test_the_ledger_holds(self, books: Books):
        carry_out(self.returned(books))
        assert [finding.invariant for finding in verify() if finding.number] == []


def test_a_purchase_takes_back_only_what_was_given_again_of_itself():
    books = open_books()
    first = books.buy(10_000)
    books.buy(30_000)
    spent = books.spend(400, at=START)
    go_live(books, **QUIET)
    undone = books.undo(spent, at=OVER)
    assert [entry.amount for entry in undone.entries.filter(kind=EntryKind.EXPIRE)] == [-300, -100]
    carry_out(give_back(books))
    books.refund(first, 5_000, at=OVER)
    assert books.lots() == [0, 0, 300, 50]


def test_by_hand_only_an_expiry_is_given_again(books: Books):
    late = other(books)
    late.buy(10_000)
    undone = late.undo(late.spend(100, at=START), at=OVER)
    booking = late.booking(PostingKind.REINSTATE, at=OVER, reverses=undone, reason="Sorry")
    with pytest.raises(CannotReinstate):
        ledger.reinstate(booking, last_good_day=GOOD)
