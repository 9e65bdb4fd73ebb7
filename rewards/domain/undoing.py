"""Until when, by whom and why something that a member has had is undone, and how it stood before."""

from collections.abc import Callable
from datetime import datetime, timedelta

from loyalty.domain.actors import Actor
from loyalty.models import Account, Business
from rewards.models import Redemption, RedemptionUndo, Voucher


class ReasonMissing(Exception):
    """The minutes of a slip are over: whoever gives something back now has to say why."""


class OwnAccount(Exception):
    """Nobody of the staff undoes what they took themselves: a colleague does."""


owned_by: list[Callable[[Account, Actor], bool]] = []
"""How the apps above know that an account belongs to who acts as staff; each adds its own in AppConfig.ready()."""


def check_not_own(account: Account, by: Actor) -> None:
    """Raise OwnAccount where an account is that of who acts as staff."""
    if any(owns(account, by) for owns in owned_by):
        raise OwnAccount


def is_over(done: datetime, business: Business, at: datetime) -> bool:
    """Return whether the business's undo minutes since something was done are over."""
    return at - done > timedelta(minutes=business.undo_minutes)


def note(
    *, redemption: Redemption, voucher: Voucher, gave_back: bool, reason: str, by: Actor, at: datetime
) -> RedemptionUndo:
    """Write down that a redemption is about to be undone, or its voucher to be good again, and how it stands now."""
    return RedemptionUndo.objects.create(
        business_id=redemption.business_id, redemption=redemption, gave_back=gave_back, reason=reason,
        state_before=voucher.state, used_at_before=voucher.used_at, used_by_before=voucher.used_by, at=at,
    )  # fmt: skip


def last_undo(redemption: Redemption) -> RedemptionUndo | None:
    """Return how a redemption was undone last, or None."""
    return RedemptionUndo.objects.filter(redemption=redemption).order_by("-pk").first()
