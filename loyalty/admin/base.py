"""How the back office shows rows: to look at, search and filter; what changes something calls the domain."""

from collections.abc import Callable, Iterable
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.db import DataError, models
from django.http import HttpRequest
from django.utils.translation import ngettext

from loyalty.domain.actors import Actor
from loyalty.models import Channel, User


class Listing(ChangeList):
    """A list of the back office: a number in its address that no row can have is no filter, as any other nonsense."""

    def get_results(self, request: HttpRequest) -> None:
        """Ask for the page of rows. Raises IncorrectLookupParameters."""
        try:
            super().get_results(request)
        except (OverflowError, DataError) as error:
            raise IncorrectLookupParameters from error


class LookOnlyAdmin[M: models.Model](admin.ModelAdmin[M]):
    """Rows that platform staff look at but never type into.

    shows_personal_data: every look at them is noted.
    """

    shows_personal_data = False
    list_per_page = 50
    show_full_result_count = False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Return the kind of list."""
        return Listing

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def for_each(
        self, request: HttpRequest, rows: Iterable[M], act: Callable[[M], object], *refusals: type[Exception]
    ) -> None:
        """Call a domain function for each row, and say how many it did and how many it refused."""
        done = refused = 0
        for row in rows:
            try:
                act(row)
                done += 1
            except refusals:
                refused += 1
        if done:
            self.message_user(request, ngettext("%d row done.", "%d rows done.", done) % done)
        if refused:
            text = ngettext("%d row was refused and is unchanged.", "%d rows were refused and are unchanged.", refused)
            self.message_user(request, text % refused, messages.WARNING)


class LookOnlyInline[C: models.Model, P: models.Model](admin.TabularInline[C, P]):
    """Rows that belong to the one shown, to look at."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: P | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: P | None = None) -> bool:
        return False


def back_office(request: HttpRequest) -> Actor:
    """Return platform staff as the one who acts."""
    return Actor(channel=Channel.ADMIN, user=cast(User, request.user))
