"""Log-ins in the back office: what packages register there, to look at only. Secrets are not shown."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group

from loyalty.admin.base import LookOnlyAdmin


class EmailAddressAdmin(LookOnlyAdmin[EmailAddress]):
    shows_personal_data = True
    list_display = ["email", "user", "primary", "verified"]
    list_filter = ["primary", "verified"]
    list_select_related = ["user"]
    search_fields = ["email"]


class AuthenticatorAdmin(LookOnlyAdmin[Authenticator]):
    shows_personal_data = True
    list_display = ["user", "type", "created_at", "last_used_at"]
    list_filter = ["type", "created_at"]
    list_select_related = ["user"]
    search_fields = ["user__email"]
    # It holds the secret of the app, or the key.
    exclude = ["data"]


class UserSessionAdmin(LookOnlyAdmin[UserSession]):
    shows_personal_data = True
    list_display = ["user", "created_at", "last_seen_at", "ip", "user_agent"]
    list_select_related = ["user"]
    search_fields = ["user__email", "=ip"]
    # Whoever has the key of a session is in it.
    exclude = ["session_key", "data"]


SHOWN: dict[Any, Any] = {
    EmailAddress: EmailAddressAdmin,
    Authenticator: AuthenticatorAdmin,
    UserSession: UserSessionAdmin,
}


def register() -> None:
    """Replace what the packages registered. Nobody uses Django's groups here."""
    admin.site.unregister([*SHOWN, Group])
    for model, shown in SHOWN.items():
        admin.site.register(model, shown)
