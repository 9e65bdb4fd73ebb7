"""Accounts and what they hold: without a name."""

from django.contrib import admin

from loyalty.admin.base import LookOnlyAdmin
from loyalty.models import Account, Balance


@admin.register(Account)
class AccountAdmin(LookOnlyAdmin[Account]):
    list_display = ["card_code", "business", "customer_number", "opened_at", "closed_at"]
    list_filter = ["opened_at", ("closed_at", admin.EmptyFieldListFilter)]
    list_select_related = ["business"]
    search_fields = ["=card_code", "=customer_number", "business__slug"]
    ordering = ["-pk"]


@admin.register(Balance)
class BalanceAdmin(LookOnlyAdmin[Balance]):
    list_display = ["account", "unit", "amount", "owed", "awarded_total", "spent_total", "last_activity_at"]
    list_filter = ["unit__kind"]
    list_select_related = ["account", "unit"]
    search_fields = ["=account__card_code", "=account__customer_number"]
    ordering = ["-pk"]
