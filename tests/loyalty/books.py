"""A small shop whose books the ledger's tests are written in, made through the domain functions."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from loyalty.domain import ledger, program, refunds, sales
from loyalty.domain.accounts import open_account
from loyalty.domain.actors import Actor
from loyalty.domain.expiry import expire_due
from loyalty.domain.program import RuleDraft, UnitDraft
from loyalty.domain.sale_input import LineInput, Recorded, SaleInput
from loyalty.engine.facts import CustomerFacts
from loyalty.models import (
    Account,
    Balance,
    Channel,
    Entry,
    Lot,
    LotUse,
    Posting,
    PostingKind,
    StaffRole,
    Unit,
    UnitKind,
)
from tests.world import make_user, open_shop

START = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


@dataclass
class Numbers:
    """Counts on: the keys of those who share it differ."""

    last: int = 0

    def __next__(self) -> int:
        self.last += 1
        return self.last


@dataclass
class Books:
    """A shop, one account, and the verbs a test tells its story with; amounts in points and cents."""

    role: StaffRole
    account: Account
    unit: Unit
    at: datetime = START
    numbers: Numbers = field(default_factory=Numbers)

    @property
    def by(self) -> Actor:
        return Actor(Channel.COUNTER, self.role.user, self.role)

    def key(self) -> str:
        return f"k{next(self.numbers)}"

    def buy(
        self, total: int, *, at: datetime | None = None, key: str = "", receipt: str = "",
        lines: Sequence[LineInput] = (),
    ) -> Recorded:  # fmt: skip
        sale = SaleInput(
            key=key or self.key(), at=at or self.at, total=total, total_before_tax=total, receipt=receipt, lines=lines
        )
        return sales.record(
            business=self.role.business, account=self.account, sale=sale, by=self.by, at=at or self.at,
            customer=CustomerFacts(),
        )  # fmt: skip

    def refund(self, recorded: Recorded, amount: int, *, key: str = "", at: datetime | None = None):
        moment = at or self.at
        return refunds.refund(
            sale=recorded.sale, amount=amount, key=key or self.key(), by=self.by, at=moment, happened_at=moment
        )

    def spend(
        self, amount: int, *, at: datetime | None = None, key: str = "", recorded: Recorded | None = None
    ) -> Posting:
        return ledger.spend(
            self.booking(PostingKind.REDEMPTION, key=key, at=at, sale=recorded.sale if recorded else None),
            unit=self.unit, amount=amount, why={},
        )  # fmt: skip

    def undo(self, posting: Posting, *, at: datetime | None = None, key: str = "") -> Posting:
        return ledger.reverse(self.booking(PostingKind.UNDO, key=key, at=at, reverses=posting))

    def give(self, amount: int, *, last_good_day=None, at: datetime | None = None) -> Posting:
        lines = [ledger.AwardLine(self.unit, amount, last_good_day)]
        return ledger.award(self.booking(PostingKind.GIFT, at=at), lines)

    def booking(self, kind: PostingKind, *, key: str = "", at: datetime | None = None, **more) -> ledger.Booking:
        moment = at or self.at
        return ledger.Booking(
            account=self.account, key=key or self.key(), kind=kind, at=moment, booked_at=moment, by=self.by, **more
        )

    def offers(self, *, points: int = 1, per: int = 100, rule: RuleDraft | None = None, **unit) -> None:
        """Take another rule live; unit: other columns, such as expiry."""
        set_rule(self.role, rule or _per_amount(points, per), **unit)
        self.unit.refresh_from_db()

    def two(self, **unit) -> tuple["Books", "Books"]:
        """Return these books and those of a second account; unit: what the points are to be, if not as they are."""
        if unit:
            self.offers(**unit)
        return self, replace(self, account=open_account(business=self.role.business, at=START))

    def lives_in(self, zone: str) -> None:
        self.role.business.time_zone = zone
        self.role.business.save()

    def expire(self, at: datetime) -> int:
        return expire_due(business=self.role.business, at=at)

    @property
    def state(self) -> Balance:
        return Balance.objects.get(account=self.account, unit=self.unit)

    @property
    def balance(self) -> int:
        return self.state.amount

    @property
    def owed(self) -> int:
        return self.state.owed

    def lots(self) -> list[int]:
        """What is left of each lot, oldest first."""
        return list(Lot.objects.filter(account=self.account).order_by("pk").values_list("remaining", flat=True))

    def rows(self) -> tuple[int, int, int, int]:
        """How many rows the ledger holds: a refusal leaves it as it was."""
        return (Posting.objects.count(), Entry.objects.count(), Lot.objects.count(), LotUse.objects.count())


def open_books(
    *, points: int = 1, per: int = 100, zone: str = "Europe/Berlin", slug: str = "books", rule=None, **unit
) -> Books:
    """Open a shop that gives so many points per so many cents; unit: other columns, such as expiry."""
    role = open_shop(make_user(f"ona-{slug}"), "Books", slug, zone=zone)
    set_rule(role, rule or _per_amount(points, per), **unit)
    unit_row = role.business.units.get(code="points")
    return Books(role, open_account(business=role.business, at=START - timedelta(days=2000)), unit_row)


def _per_amount(points: int, per: int) -> RuleDraft:
    return RuleDraft("points", "Points", "purchase", "per_amount", points, per_amount=per)


def set_rule(role: StaffRole, *rules: RuleDraft, **unit) -> None:
    """Take a program of these rules live; what it says of expiry holds as if it always had."""
    by = Actor(Channel.CONSOLE, role.user, role)
    units = [UnitDraft("points", UnitKind.POINTS, "points", "point", **unit)]
    program.draft(business=role.business, name="Club", units=units, rules=rules, by=by, at=START)
    program.go_live(business=role.business, by=by, at=START, holds_from=date.min)
