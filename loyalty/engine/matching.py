"""When a rule or bonus applies, and to which lines of a bill."""

import calendar
from collections.abc import Iterable
from datetime import date

from loyalty.engine.bill import BilledLine
from loyalty.engine.facts import CustomerFacts, LineFacts, SaleFacts
from loyalty.engine.rules import Conditions


def holds(conditions: Conditions, sale: SaleFacts, customer: CustomerFacts) -> bool:
    """Whether time, tier, means of payment and the customer's days are as asked."""
    return (
        (not conditions.weekdays or sale.at.weekday() in conditions.weekdays)
        and (conditions.starts_at is None or conditions.starts_at <= sale.at)
        and (conditions.ends_at is None or sale.at < conditions.ends_at)
        and (not conditions.tiers or customer.tier in conditions.tiers)
        and (not conditions.payments or sale.payment in conditions.payments)
        and (conditions.birthday_within is None or _is_birthday(conditions.birthday_within, sale, customer))
        and (conditions.joined_within is None or _within(conditions.joined_within, customer.joined_on, sale.at.date()))
    )


def covers(conditions: Conditions, line: LineFacts) -> bool:
    """Whether the goods of this line count."""
    if (line.is_gift_card and not conditions.gift_cards) or (line.on_sale and not conditions.sale_items):
        return False
    if line.item in conditions.excluded_items or line.category in conditions.excluded_categories:
        return False
    asks = conditions.included_items or conditions.included_categories
    return not asks or line.item in conditions.included_items or line.category in conditions.included_categories


def reaches_minimum(conditions: Conditions, lines: Iterable[BilledLine]) -> bool:
    """Whether what was paid for the whole purchase comes to the minimum (on the rule's basis, gift cards left out)."""
    if not conditions.minimum:
        return True
    goods = (line for line in lines if conditions.gift_cards or not line.facts.is_gift_card)
    return sum(line.base(before_tax=conditions.before_tax) for line in goods) >= conditions.minimum


def _is_birthday(days: int, sale: SaleFacts, customer: CustomerFacts) -> bool:
    today = sale.at.date()
    return _within(days, _last_birthday(customer.birthday, today), today)


def _within(days: int, since: date | None, today: date) -> bool:
    return since is not None and 0 <= (today - since).days <= days


def _last_birthday(birthday: tuple[int, int] | None, today: date) -> date | None:
    """The latest birthday up to today; who was born on 29 February has it on the 28th in other years."""
    if birthday is None:
        return None
    this_year = _birthday_in(birthday, today.year)
    return this_year if this_year <= today else _birthday_in(birthday, today.year - 1)


def _birthday_in(birthday: tuple[int, int], year: int) -> date:
    month, day = birthday
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))
