"""Members and the codes sent to them."""

from django.contrib import admin

from loyalty.admin.base import LookOnlyAdmin
from members.models import ContactCode, ExpiryWarning, Member


@admin.register(Member)
class MemberAdmin(LookOnlyAdmin[Member]):
    shows_personal_data = True
    list_display = ["name", "business", "account", "email", "phone", "source", "joined_at", "claimed_at"]
    list_filter = ["source", "joined_at", ("claimed_at", admin.EmptyFieldListFilter)]
    list_select_related = ["business", "account"]
    search_fields = ["search_name", "=email", "=phone", "=account__card_code", "=business__slug"]
    ordering = ["-pk"]


@admin.register(ExpiryWarning)
class ExpiryWarningAdmin(LookOnlyAdmin[ExpiryWarning]):
    shows_personal_data = True
    list_display = ["id", "member", "last_good_day", "at"]
    list_filter = ["last_good_day", "at"]
    list_select_related = ["member"]
    search_fields = ["=member__account__card_code", "=member__business__slug"]
    ordering = ["-pk"]


@admin.register(ContactCode)
class ContactCodeAdmin(LookOnlyAdmin[ContactCode]):
    shows_personal_data = True
    list_display = ["id", "business", "channel", "purpose", "sent_at", "expires_at", "attempts", "used_at"]
    list_filter = ["channel", "purpose", "sent_at"]
    list_select_related = ["business"]
    search_fields = ["=address", "=business__slug"]
    ordering = ["-pk"]
    exclude = ["code_digest"]
