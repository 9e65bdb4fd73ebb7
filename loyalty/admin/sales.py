"""Sales and refunds."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from loyalty.admin.base import LookOnlyAdmin, LookOnlyInline, back_office
from loyalty.domain import sales
from loyalty.models import Refund, Sale, SaleLine


class SaleLineInline(LookOnlyInline[SaleLine, Sale]):
    model = SaleLine
    fields = ["item", "name", "category", "quantity_thousandths", "amount", "amount_before_tax"]


@admin.register(Sale)
class SaleAdmin(LookOnlyAdmin[Sale]):
    list_display = ["id", "business", "account", "receipt", "total", "refunded", "source", "at", "undone_at"]
    list_filter = ["source", "at", ("undone_at", admin.EmptyFieldListFilter)]
    list_select_related = ["business", "account"]
    search_fields = ["=receipt", "=account__card_code", "=business__slug"]
    ordering = ["-pk"]
    inlines = [SaleLineInline]
    actions = ["undo"]

    @admin.action(description=_("Undo these sales: what they earned is taken back"))
    def undo(self, request: HttpRequest, rows: QuerySet[Sale]) -> None:
        by, at = back_office(request), timezone.now()
        self.for_each(
            request,
            rows.order_by("pk"),
            lambda sale: sales.undo(sale=sale, key=f"admin-undo:{sale.pk}", by=by, at=at, any_time=True),
            sales.SaleError,
        )


@admin.register(Refund)
class RefundAdmin(LookOnlyAdmin[Refund]):
    list_display = ["id", "business", "account", "sale_id", "receipt", "amount", "at"]
    list_filter = ["at"]
    list_select_related = ["business", "account"]
    search_fields = ["=receipt", "=account__card_code", "=business__slug"]
    ordering = ["-pk"]
