"""Redemptions and vouchers."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from loyalty.admin.base import LookOnlyAdmin, back_office
from rewards.domain import redemptions
from rewards.models import Redemption, Voucher


@admin.register(Redemption)
class RedemptionAdmin(LookOnlyAdmin[Redemption]):
    list_display = ["id", "business", "account", "reward", "cost", "channel", "at", "undone_at"]
    list_filter = ["channel", "at", ("undone_at", admin.EmptyFieldListFilter)]
    list_select_related = ["business", "account", "reward"]
    search_fields = ["=account__card_code", "=voucher__code", "=business__slug", "reward__name"]
    ordering = ["-pk"]
    actions = ["undo"]

    @admin.action(description=_("Undo these redemptions: what was spent goes back to its own lots"))
    def undo(self, request: HttpRequest, rows: QuerySet[Redemption]) -> None:
        by, at = back_office(request), timezone.now()
        self.for_each(
            request,
            rows.order_by("pk"),
            lambda row: redemptions.undo(redemption=row, key=f"admin-undo:{row.pk}", by=by, at=at, any_time=True),
            redemptions.RedemptionError,
        )


@admin.register(Voucher)
class VoucherAdmin(LookOnlyAdmin[Voucher]):
    list_display = ["id", "business", "state", "redemption_id", "last_good_day", "used_at", "used_by"]
    list_filter = ["state", "last_good_day"]
    list_select_related = ["business", "used_by"]
    search_fields = ["=code", "=business__slug"]
    ordering = ["-pk"]
