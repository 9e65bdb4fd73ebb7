"""The memberships of a log-in: who somebody is in one business, and in which businesses somebody is a member."""

from allauth.account.models import EmailAddress

from loyalty.models import Business, User
from members.models import Member


def member_of(business: Business, user: User) -> Member | None:
    """Return the log-in's membership in the business, with its account, or None."""
    member = Member.objects.filter(business=business, user=user, erased_at=None).select_related("account").first()
    if member:
        # One and the same object, so that nothing is asked of the database twice.
        member.business = member.account.business = business
    return member


def memberships_of(user: User) -> list[Member]:
    """Return the log-in's memberships in open businesses, by the business's name."""
    return list(
        Member.objects.filter(user=user, erased_at=None, business__closed_at=None)
        .select_related("account__business", "business")
        .order_by("business__name", "pk")
    )


def proven_address(user: User) -> str:
    """Return the log-in's e-mail address if it is proven to be its own, else an empty text."""
    return user.email if EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists() else ""
