"""The same businesses in the product, and the same verbs through its domain functions."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from loyalty.domain import adjustments, debts, ledger, merging, moving, program, refunds, sales, staff
from loyalty.domain.actors import Actor
from loyalty.domain.adjustments import AdjustmentError
from loyalty.domain.expiry import ExpiryError, expire_due, reinstate
from loyalty.domain.ledger import LedgerError
from loyalty.domain.merging import MergeError
from loyalty.domain.moving import MoveError
from loyalty.domain.program import RuleDraft, UnitDraft
from loyalty.domain.refunds import RefundError
from loyalty.domain.sale_input import LineInput, SaleInput
from loyalty.domain.sales import SaleError
from loyalty.engine.facts import CustomerFacts
from loyalty.models import (
    Account,
    AccountMerge,
    Adjustment,
    Business,
    Channel,
    DebtPolicy,
    Posting,
    PostingKind,
    Role,
    Sale,
    StaffRole,
    Unit,
    UnitKind,
)
from members.domain import enrolment, visits
from members.domain.enrolment import Person
from members.models import Member, MemberSource
from rewards.domain import catalogue, redemptions
from rewards.domain.catalogue import RewardDetails
from rewards.domain.redemptions import RedemptionError
from rewards.models import Redemption, Reward
from tests.oracle.bill import Goods
from tests.oracle.shop import Prize
from tests.oracle.terms import ShopTerms, UnitTerms
from tests.world import make_user, open_shop

REFUSALS = (LedgerError, SaleError, RefundError, RedemptionError, MergeError, MoveError, AdjustmentError, ExpiryError)


@dataclass(eq=False)
class Till:
    """One business of the product. Accounts, purchases, redemptions are found by the numbers of the model."""

    role: StaffRole
    units: dict[str, Unit]
    rewards: list[Reward]
    second: Actor
    members: list[Member] = field(default_factory=list)
    sales: list[int] = field(default_factory=list)
    redemptions: list[Redemption] = field(default_factory=list)
    merges: list[AccountMerge] = field(default_factory=list)
    adjustments: list[Adjustment] = field(default_factory=list)

    @property
    def business(self) -> Business:
        return self.role.business

    @property
    def by(self) -> Actor:
        return Actor(Channel.COUNTER, self.role.user, self.role)

    def account(self, number: int) -> Account:
        return self.members[number].account

    def sale(self, number: int) -> Sale:
        return Sale.objects.select_related("business", "account__business").get(pk=self.sales[number])

    def open_account(self, *, now: datetime) -> None:
        """Enrol somebody at the counter."""
        person = Person(name="Somebody", email=f"{uuid4().hex}@example.com")
        self.members.append(
            enrolment.enrol(business=self.business, person=person, source=MemberSource.COUNTER, by=self.by, at=now)
        )

    def buy(
        self, *, account: int, key: str, total: int, goods: Sequence[Goods], visit: bool, receipt: str,
        when: datetime, now: datetime,
    ) -> int:  # fmt: skip
        """Return the number of the sale, known or new."""
        sale = SaleInput(
            key=key, at=when, total=total, total_before_tax=total, receipt=receipt, is_visit=visit,
            lines=[
                LineInput(each.amount, each.amount, category=each.kind, quantity=Decimal(each.count)) for each in goods
            ],
        )  # fmt: skip
        recorded = visits.record_visit(member=self.members[account], sale=sale, by=self.by, at=now)
        return number_of(recorded.sale_id, self.sales)

    def refund(
        self, *, sale: int, key: str, amount: int | None, lines: Sequence[tuple[int, int]], when: datetime,
        now: datetime,
    ) -> None:  # fmt: skip
        row = self.sale(sale)
        ids = list(row.lines.order_by("pk").values_list("pk", flat=True)) if lines else []
        refunds.refund(
            sale=row, amount=amount, lines={ids[line]: many * 1000 for line, many in lines}, key=key, by=self.by,
            at=now, happened_at=when,
        )  # fmt: skip

    def undo(self, *, sale: int, key: str, now: datetime, any_time: bool) -> None:
        sales.undo(sale=self.sale(sale), key=key, by=self.by, at=now, any_time=any_time)

    def redeem(self, *, account: int, prize: int, key: str, now: datetime) -> int:
        """Return the number of the redemption, known or new."""
        row = redemptions.redeem(reward=self.rewards[prize], account=self.account(account), key=key, by=self.by, at=now)
        return number_of(row, self.redemptions)

    def undo_redemption(self, *, redemption: int, key: str, now: datetime, any_time: bool) -> None:
        redemptions.undo(
            redemption=self.redemptions[redemption], key=key, by=self.by, at=now, any_time=any_time, reason="A mix-up"
        )

    def move(self, *, sale: int, into: int, key: str, now: datetime, any_time: bool) -> None:
        moving.move(
            sale=self.sale(sale), target=self.account(into), key=key, by=self.by, at=now, customer=CustomerFacts(),
            any_time=any_time,
        )  # fmt: skip

    def merge(self, *, account: int, into: int, key: str, now: datetime) -> int:
        """Return the number of the merge, known or new."""
        row = merging.merge(source=self.account(account), target=self.account(into), key=key, by=self.by, at=now)
        return number_of(row, self.merges)

    def unmerge(self, *, merge: int, now: datetime) -> None:
        merging.undo(merge=self.merges[merge], by=self.by, at=now)

    def forgive(self, *, account: int, unit: str, amount: int | None, key: str, now: datetime) -> None:
        debts.forgive(
            account=self.account(account), unit=self.units[unit], amount=amount, reason="Never mind", key=key,
            by=self.by, at=now,
        )  # fmt: skip

    def spend_on_bill(self, *, sale: int, unit: str, amount: int, key: str, now: datetime) -> None:
        row = self.sale(sale)
        booking = ledger.Booking(
            account=row.account, key=key, kind=PostingKind.REDEMPTION, at=now, booked_at=now, by=self.by, sale=row
        )
        ledger.spend(booking, unit=self.units[unit], amount=amount, why={})

    def adjust(self, *, account: int, unit: str, amount: int, key: str, last: date | None, now: datetime) -> int:
        """Return the number of the adjustment, known or new."""
        row = adjustments.ask(
            account=self.account(account), unit=self.units[unit], amount=amount, reason="By hand", last_good_day=last,
            key=key, by=self.by, at=now,
        )  # fmt: skip
        return number_of(row, self.adjustments)

    def approve(self, *, adjustment: int, now: datetime, same_person: bool) -> None:
        by = self.by if same_person else self.second
        adjustments.approve(adjustment=self.adjustments[adjustment], by=by, at=now)

    def refuse(self, *, adjustment: int, now: datetime, same_person: bool) -> None:
        by = self.by if same_person else self.second
        adjustments.refuse(adjustment=self.adjustments[adjustment], by=by, at=now)

    def reinstate(self, *, account: int, unit: str, expiry: int, last: date, key: str, now: datetime) -> None:
        lost = Posting.objects.filter(account=self.account(account), kind=PostingKind.EXPIRY)
        row = lost.filter(entries__unit=self.units[unit]).select_related("account__business").order_by("pk")[expiry]
        reinstate(expired=row, last_good_day=last, reason="Our fault", key=key, by=self.by, at=now)

    def expire(self, *, now: datetime) -> int:
        return expire_due(business=self.business, at=now)


def number_of[Row](row: Row, rows: list[Row]) -> int:
    """Return the place of a row in a list, put at its end if it is new."""
    if row not in rows:
        rows.append(row)
    return rows.index(row)


def open_till(terms: ShopTerms, prizes: Sequence[Prize], now: datetime) -> Till:
    """Open the business with its program and catalogue."""
    number = uuid4().hex[:12]
    role = open_shop(make_user(f"owner{number}"), terms.name, f"shop-{number}", zone=terms.zone)
    business = role.business
    if terms.forgives:
        Business.objects.filter(pk=business.pk).update(debt_policy=DebtPolicy.FORGIVE)
        business.refresh_from_db()
    by = Actor(Channel.CONSOLE, role.user, role)
    units = [unit_draft(unit) for unit in terms.units]
    program.draft(
        business=business, name="Club", units=units, rules=[rule_draft(each) for each in terms.units], by=by, at=now
    )
    program.go_live(business=business, by=by, at=now)
    limits = {unit.code: unit.alone for unit in terms.units}
    adjustments.set_limits(business=business, limits=limits, by=by, at=now)
    rows = {unit.code: unit for unit in business.units.all()}
    rewards = [
        catalogue.create(
            business=business, by=by, at=now,
            details=RewardDetails(
                name=f"Prize {place}", unit=rows[prize.unit], cost=prize.cost, stock=prize.stock,
                per_member=prize.per_member,
            ),
        )
        for place, prize in enumerate(prizes)
    ]  # fmt: skip
    manager = staff.add(business=business, user=make_user(f"second{number}"), role=Role.MANAGER, by=by, at=now)
    return Till(role, rows, rewards, Actor(Channel.CONSOLE, manager.user, manager))


def unit_draft(unit: UnitTerms) -> UnitDraft:
    kind = UnitKind.STAMPS if unit.earns == "visit" else UnitKind.POINTS
    return UnitDraft(
        unit.code, kind, unit.code, unit.code, rounding=unit.rounding, expiry=unit.expiry, expiry_count=unit.count,
        hold_days=unit.hold,
    )  # fmt: skip


def rule_draft(unit: UnitTerms) -> RuleDraft:
    fields: dict[str, Any] = {"minimum": unit.minimum, "whole_steps": unit.whole_steps}
    if unit.goods:
        fields["included_categories"] = [unit.goods]
    if unit.without:
        fields["excluded_categories"] = list(unit.without)
    if unit.daily_limit is not None:
        fields["limit_per_day"] = unit.daily_limit
    if unit.earns == "visit":
        return RuleDraft(unit.code, unit.code, "visit", "flat", unit.award, fields=fields)
    return RuleDraft(unit.code, unit.code, "purchase", "per_amount", unit.award, per_amount=unit.per, fields=fields)
