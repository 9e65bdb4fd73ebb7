"""Telling the apps below whose cards they show."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from loyalty.models import Business, User
from loyalty.people import Holder
from members.domain.view_log import log_view
from members.models import Member


def show(*, business: Business, accounts: Collection[int], user: User, page: str, at: datetime) -> Mapping[int, Holder]:
    """Return the named people who hold some accounts, and note how many a user of the staff saw. Two statements."""
    people = Member.objects.filter(business=business, account__in=accounts, erased_at=None).exclude(name="")
    found = list(people.values_list("account", "account__public_id", "name"))
    log_view(member=None, user=user, business=business, page=page, rows=len(found), at=at)
    return {pk: Holder(name, _account_url(business, public_id)) for pk, public_id, name in found}


def _account_url(business: Business, account: UUID) -> str:
    return reverse("members:console-account", kwargs={"business": business.slug, "account": account})
