"""Notices, purposes, consent events and the log of looks at personal data."""

from django.contrib import admin

from loyalty.admin.base import LookOnlyAdmin
from members.models import ConsentEvent, Notice, Purpose, PurposeUse, PurposeWording, ViewLog


@admin.register(Notice)
class NoticeAdmin(LookOnlyAdmin[Notice]):
    list_display = ["business", "version", "language", "controller_name", "published_at"]
    list_filter = ["language", "published_at"]
    list_select_related = ["business"]
    search_fields = ["business__name", "business__slug", "controller_name"]
    ordering = ["-pk"]


@admin.register(Purpose)
class PurposeAdmin(LookOnlyAdmin[Purpose]):
    list_display = ["code", "business", "lawful_basis", "channels", "retired_at"]
    list_filter = ["lawful_basis", ("retired_at", admin.EmptyFieldListFilter)]
    list_select_related = ["business"]
    search_fields = ["code", "business__name", "business__slug"]
    ordering = ["business__name", "position", "pk"]


@admin.register(PurposeWording)
class PurposeWordingAdmin(LookOnlyAdmin[PurposeWording]):
    list_display = ["id", "purpose", "version", "language"]
    list_filter = ["language"]
    list_select_related = ["purpose"]
    search_fields = ["purpose__code", "purpose__business__slug"]
    ordering = ["-pk"]


@admin.register(PurposeUse)
class PurposeUseAdmin(LookOnlyAdmin[PurposeUse]):
    list_display = ["named_at", "purpose", "words"]
    list_filter = ["named_at"]
    list_select_related = ["purpose"]
    search_fields = ["purpose__code", "purpose__business__slug"]
    ordering = ["-pk"]


@admin.register(ConsentEvent)
class ConsentEventAdmin(LookOnlyAdmin[ConsentEvent]):
    shows_personal_data = True
    list_display = ["at", "kind", "business", "member_id", "purpose", "channel", "collection_method", "actor"]
    list_filter = ["kind", "channel", "collection_method", "at"]
    list_select_related = ["business", "purpose"]
    search_fields = ["=record_id", "=receipt_id", "=business__slug"]
    ordering = ["-pk"]


@admin.register(ViewLog)
class ViewLogAdmin(LookOnlyAdmin[ViewLog]):
    list_display = ["at", "user", "business", "member_id", "page", "rows"]
    list_filter = ["at"]
    list_select_related = ["user", "business"]
    search_fields = ["=user__email", "=business__slug"]
    ordering = ["-pk"]
