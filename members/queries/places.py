"""Where a log-in is a member, for the list of all its places."""

from datetime import datetime

from django.urls import reverse

from loyalty.models import User
from loyalty.queries.explain import quantity_in_words
from loyalty.queries.places import Place
from loyalty.queries.reasons import locale
from members.queries.shops import shops_of


def memberships(user: User, at: datetime) -> list[Place]:
    """Return the shops that somebody is a member of, with what is held there, in the active language."""
    return [
        Place(
            business=shop.member.business,
            url=reverse("members:dashboard", kwargs={"business": shop.member.business.slug}),
            words=" · ".join(
                quantity_in_words(line.balance.amount, line.balance.unit, locale()) for line in shop.lines
            ),
        )
        for shop in shops_of(user, at)
    ]
