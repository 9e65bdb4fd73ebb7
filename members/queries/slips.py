"""What the till asks before it records: an unusual amount, a second recording, more than the owner's caps."""

from dataclasses import dataclass
from datetime import datetime

from loyalty.domain.actors import Actor
from loyalty.domain.sale_input import SaleInput
from loyalty.engine import slips
from loyalty.engine.days import local_day
from loyalty.engine.slips import Doubt, Purchase
from loyalty.models import Account, Business, Role
from loyalty.queries.program import LiveProgram, last_seen_live
from loyalty.queries.slips import bought_on, earlier_sales


@dataclass(frozen=True, slots=True)
class TillQuestion:
    """What the till asks before it records a total. The caps are those that it is above, in smallest parts.

    needs_manager: who serves cannot answer it alone.
    """

    total: int
    doubt: Doubt
    sale_cap: int | None = None
    day_cap: int | None = None
    needs_manager: bool = False

    @property
    def above_cap(self) -> bool:
        return self.sale_cap is not None or self.day_cap is not None


def question(
    business: Business, account: Account | None, sale: SaleInput, *, by: Actor, at: datetime, instead: int | None = None
) -> TillQuestion | None:
    """Return what to ask before a purchase or visit is recorded; None, most of the time.

    A request that is sent again is not asked. One query, and two more where the business caps the day of a customer.
    """
    earlier = earlier_sales(business)
    if any(each.key == sale.key for each in earlier):
        return None
    till = (by.staff.pk if by.staff else None, by.location.pk if by.location else None)
    purchase = Purchase(sale.total, sale.is_visit, sale.receipt, account.pk if account else None, till, at, instead)
    start = slips.starting_point(business.currency, largest_step=_largest_step(last_seen_live(business)))
    doubt = slips.doubt(purchase, earlier, start=start)
    sale_cap = business.sale_cap if business.sale_cap is not None and sale.total > business.sale_cap else None
    day_cap = _day_cap(business, account, sale.total, at)
    if not doubt and sale_cap is None and day_cap is None:
        return None
    above = sale_cap is not None or day_cap is not None
    manager = by.staff is not None and by.staff.may(Role.MANAGER)
    return TillQuestion(sale.total, doubt, sale_cap, day_cap, above and not manager)


def _day_cap(business: Business, account: Account | None, total: int, at: datetime) -> int | None:
    cap = business.day_cap
    if cap is None or account is None or not total:
        return None
    return cap if bought_on(account, local_day(at, business.time_zone)) + total > cap else None


def _largest_step(program: LiveProgram | None) -> int:
    rules = program.rules.rules if program else ()
    return max((max(rule.per_amount, rule.minimum) for rule in rules), default=0)
