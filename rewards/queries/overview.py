"""How the rewards of a business do just now."""

from datetime import datetime

from django.db.models import Count

from loyalty.models import Business
from loyalty.queries.overview import Trend, this_week
from rewards.models import Redemption, Reward, RewardState


def has_reward(business: Business) -> bool:
    """Return whether anything is in the catalogue."""
    return Reward.objects.filter(business=business, state=RewardState.ACTIVE).exists()


def redemptions(business: Business, at: datetime) -> Trend:
    """Return how many rewards were taken this week, undone ones not counted. One query."""
    week = this_week(business, at)
    rows = Redemption.objects.filter(business=business, undone_at=None, at__gte=week.week_before().start, at__lt=at)
    facts = rows.aggregate(
        now=Count("pk", filter=week.holds("at")), before=Count("pk", filter=week.week_before().holds("at"))
    )
    return Trend(facts["now"], facts["before"])
