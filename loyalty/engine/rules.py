"""The definition of a program as data: earning rules, bonuses, and how awards are rounded."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from loyalty.engine.amounts import Rounding


class Trigger(StrEnum):
    """What sets a rule off: a purchase, or any visit (every purchase is a visit too)."""

    PURCHASE = "purchase"
    VISIT = "visit"


class Method(StrEnum):
    """How a rule reckons its award."""

    PER_AMOUNT = "per_amount"
    PER_ITEM = "per_item"
    FLAT = "flat"
    MULTIPLY = "multiply"


class Period(StrEnum):
    """The stretch of calendar time in which `limit_per_period` counts."""

    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    EVER = "ever"


def period_start(period: Period, day: date) -> date | None:
    """The first day of the period that `day` is in (weeks start on Monday); None for EVER."""
    match period:
        case Period.WEEK:
            return day - timedelta(days=day.weekday())
        case Period.MONTH:
            return day.replace(day=1)
        case Period.YEAR:
            return day.replace(month=1, day=1)
        case Period.EVER:
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What must hold for a rule or bonus to apply; what is left out asks nothing.

    Goods: with any `included_*` only lines named by one of them count, a line named by an `excluded_*` never does.
    `minimum` (minor units) is compared with what was paid for the whole purchase, gift cards and rewards left out.
    `weekdays` has Monday as 0. The window is `[starts_at, ends_at)`. `birthday_within` holds on the birthday and so
    many days after it, `joined_within` likewise from the day of joining.
    """

    included_items: frozenset[str] = frozenset()
    excluded_items: frozenset[str] = frozenset()
    included_categories: frozenset[str] = frozenset()
    excluded_categories: frozenset[str] = frozenset()
    gift_cards: bool = False
    sale_items: bool = True
    before_tax: bool = False
    minimum: int = 0
    weekdays: frozenset[int] = frozenset()
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    tiers: frozenset[str] = frozenset()
    payments: frozenset[str] = frozenset()
    birthday_within: int | None = None
    joined_within: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Conditions):
    """One way to earn. `award` is in smallest parts of `unit`: per step of `per_amount`, per item, or once (FLAT).

    `whole_steps` counts full steps only ("1 per 10.00"), else the award is proportional and rounded. Matching rules add
    up; of the `exclusive` ones that match, the highest `priority` stands alone among the rules of its unit. MULTIPLY
    multiplies what the other rules of the unit award by `factor` (by `award` if there is none), as a Bonus does. The
    limits are in smallest parts of the unit: per member and day, per member and `period`, `budget` over all members.
    Before `limit_from`, a day in the business's zone, `earlier_limit_per_day` stands in place of `limit_per_day`.
    """

    id: int | None = None
    name: str = ""
    unit: str = "points"
    trigger: Trigger = Trigger.PURCHASE
    method: Method = Method.PER_AMOUNT
    award: int = 1
    per_amount: int = 100
    whole_steps: bool = False
    factor: Fraction | None = None
    exclusive: bool = False
    priority: int = 0
    limit_per_day: int | None = None
    limit_from: date | None = None
    earlier_limit_per_day: int | None = None
    limit_per_period: int | None = None
    period: Period = Period.MONTH
    budget: int | None = None

    def __post_init__(self) -> None:
        if self.award < 0 or (self.multiplier is not None and self.multiplier <= 0):
            raise ValueError("a rule never takes away")
        if self.method is Method.PER_AMOUNT and self.per_amount <= 0:
            raise ValueError("a step must be worth something")

    def day_limit(self, day: date) -> int | None:
        """Return the limit per member of a day in the business's zone; None where there is none."""
        return self.earlier_limit_per_day if self.limit_from and day < self.limit_from else self.limit_per_day

    def without_limits(self) -> "Rule":
        """Return the rule as it would be if it had no limit."""
        return replace(self, limit_per_day=None, earlier_limit_per_day=None, limit_per_period=None, budget=None)

    @property
    def multiplier(self) -> Fraction | None:
        """What the other rules are multiplied by; None if this rule adds."""
        if self.method is not Method.MULTIPLY:
            return None
        return self.factor if self.factor is not None else Fraction(self.award)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bonus(Conditions):
    """A multiplier (`factor`) of what the lines that match have earned, an `addition` once per purchase, or both.

    Without `multiplies_flat` it leaves alone what a rule gives once, for a purchase or a visit (Method.FLAT). A bonus
    adds to an award: where no rule awarded anything of the unit, it gives nothing.
    """

    id: int | None = None
    name: str = ""
    unit: str = "points"
    factor: Fraction | None = None
    addition: int = 0
    multiplies_flat: bool = True

    def __post_init__(self) -> None:
        if self.addition < 0 or (self.factor is not None and self.factor <= 0):
            raise ValueError("a bonus never takes away")

    @property
    def multiplier(self) -> Fraction | None:
        """What the rules are multiplied by; None if this bonus only adds."""
        return self.factor


@dataclass(frozen=True, slots=True)
class ProgramRules:
    """All that decides an award. Units without a rounding round down."""

    rules: tuple[Rule, ...] = ()
    bonuses: tuple[Bonus, ...] = ()
    rounding: Mapping[str, Rounding] = field(default_factory=dict)
    bonuses_multiply: bool = False

    def rounding_of(self, unit: str) -> Rounding:
        """How awards of the unit are rounded."""
        return self.rounding.get(unit, Rounding.DOWN)
