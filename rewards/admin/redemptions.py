"""Redemptions and vouchers."""

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ActionForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from loyalty.admin.base import LookOnlyAdmin, back_office
from loyalty.forms.reasons import LONGEST
from rewards.domain import redemptions
from rewards.domain.undoing import ReasonMissing
from rewards.models import Redemption, RedemptionUndo, Voucher


class ReasonActionForm(ActionForm):
    """Asks why beside the choice of an action; what was used long ago is refused without an answer."""

    reason = forms.CharField(label=_("Why (the member reads it)"), max_length=LONGEST, required=False)


@admin.register(Redemption)
class RedemptionAdmin(LookOnlyAdmin[Redemption]):
    list_display = ["id", "business", "account", "reward", "cost", "channel", "at", "undone_at"]
    list_filter = ["channel", "at", ("undone_at", admin.EmptyFieldListFilter)]
    list_select_related = ["business", "account", "reward"]
    search_fields = ["=account__card_code", "=voucher__code", "=business__slug", "reward__name"]
    ordering = ["-pk"]
    actions = ["undo"]
    action_form = ReasonActionForm

    @admin.action(description=_("Undo these redemptions: what was spent goes back to its own lots"))
    def undo(self, request: HttpRequest, rows: QuerySet[Redemption]) -> None:
        by, at = back_office(request), timezone.now()
        reason = " ".join(request.POST.get("reason", "").split())[:LONGEST]
        self.for_each(
            request,
            rows.order_by("pk"),
            lambda row: redemptions.undo(
                redemption=row, key=f"admin-undo:{row.pk}", by=by, at=at, any_time=True, reason=reason
            ),
            redemptions.RedemptionError,
            ReasonMissing,
        )


@admin.register(RedemptionUndo)
class RedemptionUndoAdmin(LookOnlyAdmin[RedemptionUndo]):
    list_display = ["id", "business", "redemption_id", "gave_back", "state_before", "reason", "at", "undone_at"]
    list_filter = ["gave_back", "at", ("undone_at", admin.EmptyFieldListFilter)]
    list_select_related = ["business"]
    search_fields = ["=redemption__voucher__code", "=business__slug"]
    ordering = ["-pk"]


@admin.register(Voucher)
class VoucherAdmin(LookOnlyAdmin[Voucher]):
    list_display = ["id", "business", "state", "redemption_id", "last_good_day", "used_at", "used_by"]
    list_filter = ["state", "last_good_day"]
    list_select_related = ["business", "used_by"]
    search_fields = ["=code", "=business__slug"]
    ordering = ["-pk"]
