"""What was put right by hand: adjustments, accounts that were merged, purchases that were moved."""

from django.contrib import admin

from loyalty.admin.base import LookOnlyAdmin
from loyalty.models import AccountMerge, Adjustment, SaleMove


@admin.register(Adjustment)
class AdjustmentAdmin(LookOnlyAdmin[Adjustment]):
    list_display = [
        "business",
        "account",
        "unit",
        "amount",
        "state",
        "asked_by",
        "asked_at",
        "decided_by",
        "posting_id",
    ]
    list_filter = ["state", "asked_at"]
    list_select_related = ["business", "account", "unit", "asked_by", "decided_by"]
    search_fields = ["=business__slug", "=account__card_code"]
    ordering = ["-pk"]


@admin.register(AccountMerge)
class AccountMergeAdmin(LookOnlyAdmin[AccountMerge]):
    list_display = ["business", "source", "target", "merged_by", "merged_at", "undone_at"]
    list_filter = ["merged_at"]
    list_select_related = ["business", "source", "target", "merged_by"]
    search_fields = ["=business__slug", "=source__card_code", "=target__card_code"]
    ordering = ["-pk"]


@admin.register(SaleMove)
class SaleMoveAdmin(LookOnlyAdmin[SaleMove]):
    list_display = ["business", "sale_id", "source", "target", "moved_by", "moved_at"]
    list_filter = ["moved_at"]
    list_select_related = ["business", "source", "target", "moved_by"]
    search_fields = ["=business__slug", "=source__card_code", "=target__card_code"]
    ordering = ["-pk"]
