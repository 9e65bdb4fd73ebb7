"""Rewards."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from loyalty.admin.base import LookOnlyAdmin, back_office
from rewards.domain import catalogue
from rewards.models import Reward, RewardState


@admin.register(Reward)
class RewardAdmin(LookOnlyAdmin[Reward]):
    list_display = ["name", "business", "state", "kind", "unit", "cost", "stock", "per_member", "available_to"]
    list_filter = ["state", "kind", "created_at"]
    list_select_related = ["business", "unit"]
    search_fields = ["name", "business__name", "business__slug"]
    ordering = ["business__name", "position", "pk"]
    actions = ["archive"]

    @admin.action(description=_("Take these out of the catalogue; issued vouchers stay good"))
    def archive(self, request: HttpRequest, rows: QuerySet[Reward]) -> None:
        by, at = back_office(request), timezone.now()
        self.for_each(
            request,
            rows,
            lambda reward: catalogue.set_state(reward=reward, state=RewardState.ARCHIVED, by=by, at=at),
            catalogue.CatalogueError,
        )
