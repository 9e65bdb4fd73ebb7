"""What a change of expiry would take from one card: said on the member's pages and at the counter until it is over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from loyalty.models import Unit
from loyalty.queries.explain import policy_in_words
from loyalty.queries.ledger import UnitBalance


@dataclass(frozen=True, slots=True)
class Coming:
    """A change that holds from a day, in words, and what it ends after which last good day if nothing happens."""

    unit: Unit
    from_day: date
    words: str
    last_good_day: date
    amount: int


def coming_losses(held: Sequence[UnitBalance]) -> list[Coming]:
    """Return, for each unit, the change that will end what is held now and has no day of its own. No query."""
    return [loss for balance in held if (loss := _loss(balance))]


def _loss(balance: UnitBalance) -> Coming | None:
    ends = balance.ended_by
    step = next((step for step in balance.unit.steps if ends and step.id == ends.change), None)
    if ends is None or ends.last_good_day is None or step is None or step.from_day is None:
        return None
    unit = capfirst(balance.unit.name)
    words = _("%(unit)s: %(words)s") % {"unit": unit, "words": policy_in_words(step.policy)}
    return Coming(balance.unit, step.from_day, words, ends.last_good_day, balance.undated)
