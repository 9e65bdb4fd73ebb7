"""Giving back by twenty at once, on PostgreSQL: one act, and each card gets back once what it lost."""

import pytest

from loyalty.domain import announcements
from loyalty.models import PolicyReturn, PostingKind
from tests.loyalty.books import Books
from tests.loyalty.domain.test_announcements import GOOD, OVER, carry_out, change, give_back, given, taken
from tests.loyalty.domain.test_ledger_races import race
from tests.loyalty.domain.test_policies import go_live

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def books() -> Books:
    return taken()


def test_twenty_workers_give_back_once(books: Books):
    returned = give_back(books)
    race(lambda _: carry_out(returned))
    assert given(books) == [540, 60]


def test_twenty_managers_make_one_act(books: Books):
    def act(number: int) -> object:
        return announcements.give_back(
            change=change(), last_good_day=GOOD, reason="Sorry", key=f"k{number}", by=books.by, at=OVER
        )

    answers = race(act)
    refused = [answer for answer in answers if isinstance(answer, announcements.NothingTaken)]
    assert (PolicyReturn.objects.count(), len(refused)) == (1, len(answers) - 1)


def test_twenty_managers_call_off_once(books: Books):
    go_live(books, holds_from=GOOD, at=OVER, expiry="inactivity_months", expiry_count=1)

    def act(_: int) -> object:
        return announcements.call_off(business=books.role.business, by=books.by, at=OVER)

    answers = race(act)
    refused = [answer for answer in answers if isinstance(answer, announcements.NothingComing)]
    assert len(refused) == len(answers) - 1
    assert books.role.business.postings.filter(kind=PostingKind.REINSTATE).count() == 0
