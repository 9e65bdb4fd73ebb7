"""Program versions with their units, rules and bonuses."""

from django.contrib import admin

from loyalty.admin.base import LookOnlyAdmin, LookOnlyInline
from loyalty.models import Bonus, EarningRule, PolicyReturn, ProgramVersion, Unit, UnitPolicy


class RuleInline(LookOnlyInline[EarningRule, ProgramVersion]):
    model = EarningRule
    fields = ["name", "unit", "trigger", "method", "award", "per_amount", "minimum", "limit_per_day"]


class BonusInline(LookOnlyInline[Bonus, ProgramVersion]):
    model = Bonus
    fields = ["name", "unit", "factor_thousandths", "addition", "starts_at", "ends_at"]


@admin.register(ProgramVersion)
class ProgramVersionAdmin(LookOnlyAdmin[ProgramVersion]):
    list_display = ["name", "business", "number", "state", "live_from", "retired_at"]
    list_filter = ["state", "live_from"]
    list_select_related = ["business"]
    search_fields = ["name", "business__name", "business__slug"]
    ordering = ["-created_at"]
    inlines = [RuleInline, BonusInline]


@admin.register(Unit)
class UnitAdmin(LookOnlyAdmin[Unit]):
    list_display = ["name", "business", "kind", "decimals", "card_size", "expiry", "expiry_count"]
    list_filter = ["kind", "expiry"]
    list_select_related = ["business"]
    search_fields = ["name", "code", "business__name", "business__slug"]
    ordering = ["business__name", "code"]


@admin.register(UnitPolicy)
class UnitPolicyAdmin(LookOnlyAdmin[UnitPolicy]):
    list_display = ["unit", "business", "from_day", "expiry", "expiry_count", "announced_by", "announced_at"]
    list_filter = ["expiry", "from_day"]
    list_select_related = ["unit", "business", "announced_by"]
    search_fields = ["unit__name", "business__name", "business__slug"]
    ordering = ["-pk"]


@admin.register(PolicyReturn)
class PolicyReturnAdmin(LookOnlyAdmin[PolicyReturn]):
    list_display = ["policy", "business", "last_good_day", "reason", "returned_by", "returned_at"]
    list_filter = ["returned_at"]
    list_select_related = ["policy", "business", "returned_by"]
    search_fields = ["business__name", "business__slug"]
    ordering = ["-pk"]


@admin.register(EarningRule)
class EarningRuleAdmin(LookOnlyAdmin[EarningRule]):
    list_display = ["name", "version", "unit", "trigger", "method", "award", "per_amount"]
    list_filter = ["trigger", "method", "exclusive"]
    list_select_related = ["version", "unit"]
    search_fields = ["name", "version__business__name", "version__business__slug"]
    ordering = ["-pk"]


@admin.register(Bonus)
class BonusAdmin(LookOnlyAdmin[Bonus]):
    list_display = ["name", "version", "unit", "factor_thousandths", "addition", "starts_at", "ends_at"]
    list_select_related = ["version", "unit"]
    search_fields = ["name", "version__business__name", "version__business__slug"]
    ordering = ["-pk"]
