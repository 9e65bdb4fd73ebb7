"""What the rules may know of a purchase and of the customer: plain facts, no rows and no person."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One line of a bill. `amount` is what was paid for the whole line after its discounts, minor units with tax."""

    item: str
    category: str
    quantity: Decimal
    amount: int
    amount_before_tax: int
    is_gift_card: bool = False
    on_sale: bool = False


@dataclass(frozen=True, slots=True)
class SaleFacts:
    """One purchase or visit.

    `at` is aware and in the business's time zone: weekdays are read off it. `total` is what was paid, by whatever
    means, after all discounts, minor units with tax; `paid_with_reward` is the part of it that a reward paid. Lines
    need not sum to the total: a discount on the whole bill is spread over them, an unlisted rest (delivery) counts as
    a line without item and category. `is_visit` marks a visit booked without a purchase, or a purchase that is one.
    """

    at: datetime
    total: int
    total_before_tax: int
    lines: tuple[LineFacts, ...] = ()
    paid_with_reward: int = 0
    is_visit: bool = False
    payment: str = ""

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("the time of a sale must know its zone")


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """What rules may ask of a customer. `birthday` is (month, day): rules never need the year."""

    tier: str = ""
    joined_on: date | None = None
    birthday: tuple[int, int] | None = None
