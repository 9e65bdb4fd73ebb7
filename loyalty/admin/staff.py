"""Log-ins, roles and invitations."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from loyalty.admin.base import LookOnlyAdmin, back_office
from loyalty.domain import users
from loyalty.models import AddressChange, Invitation, StaffRole, User


@admin.register(User)
class UserAdmin(LookOnlyAdmin[User]):
    shows_personal_data = True
    list_display = ["email", "name", "is_active", "is_staff", "is_superuser", "last_login", "date_joined"]
    list_filter = ["is_active", "is_staff", "is_superuser", "date_joined"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    exclude = ["password"]
    filter_horizontal = ["groups"]
    actions = ["close_log_ins", "open_log_ins"]

    @admin.action(description=_("Close these log-ins: out at the next click"))
    def close_log_ins(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        self._set_active(request, rows, active=False)

    @admin.action(description=_("Open these log-ins again"))
    def open_log_ins(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        self._set_active(request, rows, active=True)

    def _set_active(self, request: HttpRequest, rows: QuerySet[User], *, active: bool) -> None:
        by, at = back_office(request), timezone.now()
        self.for_each(
            request, rows, lambda user: users.set_active(user=user, active=active, by=by, at=at), users.NotYourself
        )


@admin.register(StaffRole)
class StaffRoleAdmin(LookOnlyAdmin[StaffRole]):
    shows_personal_data = True
    list_display = ["display_name", "role", "business", "user", "started_at", "ended_at"]
    list_filter = ["role", ("ended_at", admin.EmptyFieldListFilter)]
    list_select_related = ["business", "user"]
    search_fields = ["display_name", "user__email", "business__name", "business__slug"]
    ordering = ["-started_at"]
    exclude = ["pin_digest"]


@admin.register(AddressChange)
class AddressChangeAdmin(LookOnlyAdmin[AddressChange]):
    shows_personal_data = True
    list_display = ["user", "before", "after", "asked_at", "counted_at", "undone_at"]
    list_filter = [("counted_at", admin.EmptyFieldListFilter), ("undone_at", admin.EmptyFieldListFilter)]
    list_select_related = ["user"]
    search_fields = ["user__email", "before", "after"]
    ordering = ["-asked_at"]


@admin.register(Invitation)
class InvitationAdmin(LookOnlyAdmin[Invitation]):
    shows_personal_data = True
    list_display = ["email", "role", "business", "invited_at", "expires_at", "accepted_at", "withdrawn_at"]
    list_filter = ["role", ("accepted_at", admin.EmptyFieldListFilter)]
    list_select_related = ["business"]
    search_fields = ["email", "business__name", "business__slug"]
    ordering = ["-invited_at"]
    exclude = ["token_digest"]
