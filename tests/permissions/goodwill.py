"""What owners and managers give members for good will."""

from datetime import timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.utils import timezone

from loyalty.domain import expiry, ledger, refunds
from loyalty.models import Posting, PostingKind
from rewards.domain import redemptions
from tests.permissions import Row, business, staff
from tests.world import NOW


def account(world: Any) -> dict[str, Any]:
    """A member's account: nothing was ever owed on it."""
    return {**business(world), "account": world.member.account.public_id, "unit": "points"}


def other_account(world: Any) -> dict[str, Any]:
    """An account of another business, asked for in this one."""
    return {**business(world), "account": world.other_member.account.public_id, "unit": "points"}


def debtor(world: Any) -> dict[str, Any]:
    """The account of a member who owes 50 points."""
    bought = world.purchase(5000)
    redemptions.redeem(reward=world.reward, account=world.member.account, key="r", by=world.at_counter(), at=NOW)
    refunds.refund(sale=bought.sale, amount=5000, key="r", by=world.at_counter(), at=NOW, happened_at=NOW)
    return account(world)


def run_out(world: Any) -> dict[str, Any]:
    """What a member lost yesterday."""
    today = timezone.localdate(timezone=ZoneInfo(world.business.time_zone))
    lost = today - timedelta(days=1)
    by = world.at_console()
    booking = ledger.Booking(account=world.member.account, key="g", kind=PostingKind.GIFT, at=NOW, booked_at=NOW, by=by)
    ledger.award(booking, [ledger.AwardLine(world.points, 10, lost)])
    expiry.expire_due(business=world.business, at=timezone.now())
    expired = Posting.objects.get(kind=PostingKind.EXPIRY, business=world.business)
    return {**business(world), "movement": expired.public_id}


def not_run_out(world: Any) -> dict[str, Any]:
    """A purchase is not given again."""
    return {**business(world), "movement": world.purchase().posting.public_id}


def again(world: Any) -> dict[str, Any]:
    """The form, filled in."""
    return {"key": uuid4(), "last_good_day": timezone.now().date() + timedelta(days=9), "reason": "Our slip"}


def forgiven(world: Any) -> dict[str, Any]:
    """The form, filled in."""
    return {"key": uuid4(), "amount": "50", "reason": "Our slip"}


NOBODY = staff(owner=404, manager=404, cashier=403)


def managers(answer: int) -> dict[str, Any]:
    """A page of owner and manager."""
    return staff(owner=answer, manager=answer, cashier=403)


ROWS = [
    Row("members:console-forgive", debtor, expect=managers(200)),
    Row("members:console-forgive", debtor, method="post", data=forgiven, expect=managers(302)),
    Row("members:console-forgive", debtor, method="post", data={}, expect=managers(422)),
    Row("members:console-forgive", account, expect=NOBODY),
    Row("members:console-forgive", account, method="post", expect=NOBODY),
    Row("members:console-forgive", other_account, expect=NOBODY),
    Row("members:console-reinstate", run_out, expect=managers(200)),
    Row("members:console-reinstate", run_out, method="post", data=again, expect=managers(302)),
    Row("members:console-reinstate", run_out, method="post", data={}, expect=managers(422)),
    Row("members:console-reinstate", not_run_out, expect=NOBODY),
    Row("members:console-reinstate", not_run_out, method="post", data=again, expect=NOBODY),
]
