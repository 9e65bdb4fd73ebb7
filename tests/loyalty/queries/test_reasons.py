"""Why an entry was booked, word for word."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.utils import translation

from loyalty.domain import ledger as books_of
from loyalty.domain import program
from loyalty.domain.program import BonusDraft, RuleDraft, UnitDraft
from loyalty.domain.sale_input import LineInput
from loyalty.models import Entry, EntryKind, Posting, PostingKind, UnitKind
from loyalty.queries import ledger
from loyalty.queries.movement import movement_of
from loyalty.queries.reasons import Reason, reasons
from tests.changes import take
from tests.loyalty.books import START, Books
from tests.world import World

pytestmark = pytest.mark.django_db


def why(books: Books) -> list[Reason]:
    return ledger.activity(books.account, size=1).rows[0].why


def run(books: Books, *rules: RuleDraft, bonuses: tuple[BonusDraft, ...] = (), **unit) -> None:
    units = [UnitDraft("points", UnitKind.POINTS, "points", "point", **unit)]
    program.draft(
        business=books.role.business, name="Club", units=units, rules=rules, bonuses=bonuses, by=books.by, at=START
    )
    program.go_live(business=books.role.business, by=books.by, at=START)


def test_money_is_reckoned_and_rounded_before_the_eye(books: Books):
    books.buy(1999)
    assert why(books) == [
        Reason(
            "Points",
            "19 points",
            (
                "€19.99 of this purchase counts.",
                "1 point for every €1.00: 19.99 points.",
                "Rounded down to whole points.",
            ),
        )
    ]


def test_a_bonus_and_a_limit_are_told(books: Books):
    run(
        books,
        RuleDraft("points", "Two per euro", "purchase", "per_amount", 2, per_amount=100, fields={"limit_per_day": 50}),
        bonuses=(BonusDraft("points", "Monday", factor_thousandths=1500),),
    )
    books.buy(2000)
    (reason,) = why(books)
    assert (reason.title, reason.amount) == ("Two per euro", "50 points")
    counted, reckoned, *further = reason.steps
    assert ("€20.00" in counted, "40 points" in reckoned) == (True, True)
    assert further == [
        "Monday: × 1.5.",  # noqa: RUF001
        "Together: 60 points.",
        "The most that can be earned in one day was reached: 50 points.",
    ]


class TestAMultiplierOfSomeLines:
    """Double points for coffee, and a purchase of two coffees, a cake, and 1.00 that no line names."""

    @pytest.fixture
    def bought(self, books: Books) -> Posting:
        run(
            books,
            RuleDraft("points", "Per euro", "purchase", "per_amount", 1, per_amount=100),
            bonuses=(BonusDraft("points", "Coffee day", 2000, fields={"included_categories": ["coffee"]}),),
        )
        lines = [
            LineInput(400, 400, name="Latte", category="coffee"),
            LineInput(300, 300, name="Cake", category="cake"),
            LineInput(200, 200, item="ESP", category="coffee"),
        ]
        return Posting.objects.get(pk=books.buy(1000, lines=lines).posting_id)

    def test_its_page_names_them_with_what_each_cost(self, books: Books, bought: Posting):
        (part,) = movement_of(books.account, bought.public_id).parts
        assert part.row.why[0].steps[2] == "Coffee day, for Latte (€4.00) and ESP (€2.00): × 2."  # noqa: RUF001

    def test_a_list_says_what_they_cost_together(self, books: Books, bought: Posting):
        assert why(books)[0].steps[2] == "Coffee day, for €6.00 of this purchase: × 2."  # noqa: RUF001

    def test_more_than_eight_are_not_named(self, books: Books, bought: Posting):
        lines = [LineInput(100, 100, name=f"Latte {number}", category="coffee") for number in range(9)]
        posting = Posting.objects.get(pk=books.buy(1000, lines=lines).posting_id)
        (part,) = movement_of(books.account, posting.public_id).parts
        assert part.row.why[0].steps[2] == "Coffee day, for €9.00 of this purchase: × 2."  # noqa: RUF001


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        ({"hold_days": 14}, "Good from Jan 19, 2026."),
        ({"hold_days": 14, "expiry": "days", "expiry_count": 30}, "Good from Jan 19, 2026 until Feb 4, 2026."),
        ({"expiry": "days", "expiry_count": 30}, "Good until Feb 4, 2026."),
    ],
)
def test_the_good_days_are_told(books: Books, unit, said):
    books.offers(**unit)
    books.buy(700)
    assert why(books)[1:] == [Reason(said)]


def test_a_visit_needs_no_reckoning(books: Books):
    run(books, RuleDraft("points", "A point per visit", "visit", "flat", 1))
    books.buy(700)
    assert why(books) == [Reason("A point per visit", "1 point")]


def test_spending_and_giving_back(books: Books):
    books.give(80)
    spent = books.spend(50)
    assert why(books) == [Reason("Taken from what runs out first.", "50 points")]
    books.undo(spent)
    assert why(books) == [Reason("Given back, with its own last day.", "50 points")]


def test_owing_and_paying(books: Books):
    bought = books.buy(3000)
    books.spend(20)
    books.refund(bought, 3000)
    assert why(books) == [
        Reason("What this purchase had earned was taken back.", "10 points"),
        Reason("Some of it had been spent: this is owed, and the next points pay it.", "20 points"),
    ]
    books.give(30)
    assert why(books)[-1] == Reason("Paid what was owed.", "20 points")


def test_running_out(books: Books):
    books.give(30, last_good_day=date(2026, 1, 10))
    books.expire(START + timedelta(days=20))
    assert why(books) == [Reason("The last good day was Jan 10, 2026.", "30 points")]


def test_running_out_by_a_change_names_the_day_from_which_it_holds(world: World):
    take(world)
    entry = Entry.objects.select_related("unit").get(kind=EntryKind.EXPIRE)
    assert reasons(entry, world.business)[-1] == Reason(
        "It expired earlier because the expiry rules changed on Jul 1, 2026."
    )


def test_an_adjustment_says_the_reason_that_was_given(books: Books):
    booking = books_of.Booking(
        account=books.account, key=str(uuid4()), kind=PostingKind.ADJUSTMENT, at=START, booked_at=START, by=books.by,
        reason="The till was down on Monday",
    )  # fmt: skip
    books_of.adjust(booking, unit=books.unit, amount=25)
    assert why(books) == [Reason("The till was down on Monday", "25 points")]


def test_numbers_are_written_as_the_reader_writes_them(books: Books):
    books.buy(123450)
    with translation.override("hu"):
        (reason,) = why(books)
    assert "1\u00a0234,50" in reason.steps[0]
