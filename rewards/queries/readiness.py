"""What this app asks of a business before it goes live."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from loyalty.models import Business, Unit
from loyalty.queries.program import draft_version, live_version
from loyalty.readiness import Issue
from rewards.models import Reward, RewardState


def has_rewards(business: Business) -> list[Issue]:
    """Ask for a reward for what a program counts, and advise one for each unit; before going live, drafts will do."""
    live = live_version(business)
    version = draft_version(business) or live
    states = [RewardState.ACTIVE] if live else [RewardState.ACTIVE, RewardState.DRAFT]
    if version is None:
        return []
    rewards = Reward.objects.filter(business=business, state__in=states)
    units = list(version.units.order_by("pk"))
    bought = set(rewards.values_list("unit_id", flat=True))
    if not bought.intersection(unit.pk for unit in units):
        why = _("Customers need something to look forward to.")
        return [Issue(_("Put a reward into the catalogue."), "rewards:rewards", blocking=True, why=why)]
    return [_advice(unit) for unit in units if unit.pk not in bought]


def _advice(unit: Unit) -> Issue:
    message = gettext("Add a reward for %(unit)s.") % {"unit": unit.name}
    why = _("Customers collect them, but cannot get anything for them yet.")
    return Issue(message, "rewards:reward-add", blocking=False, why=why)


CHECKS = (has_rewards,)
