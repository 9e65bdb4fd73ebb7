"""The books: to read, never to write."""

from django.contrib import admin

from loyalty.admin.base import LookOnlyAdmin, LookOnlyInline
from loyalty.models import ChainLink, Entry, Lot, LotUse, Posting, RuleUse, Seal


class EntryInline(LookOnlyInline[Entry, Posting]):
    model = Entry
    fields = ["unit", "kind", "amount", "owed_change", "balance_after", "why"]


@admin.register(Posting)
class PostingAdmin(LookOnlyAdmin[Posting]):
    list_display = ["id", "kind", "business", "account", "channel", "at", "booked_at", "reverses_id"]
    list_filter = ["kind", "channel", "at"]
    list_select_related = ["business", "account"]
    search_fields = ["=key", "=account__card_code", "=business__slug"]
    ordering = ["-pk"]
    inlines = [EntryInline]


@admin.register(Entry)
class EntryAdmin(LookOnlyAdmin[Entry]):
    list_display = [
        "id",
        "posting_id",
        "account",
        "unit",
        "kind",
        "amount",
        "owed_change",
        "seq",
        "balance_after",
        "at",
    ]
    list_filter = ["kind", "at"]
    list_select_related = ["account", "unit"]
    search_fields = ["=account__card_code", "=business__slug"]
    ordering = ["-pk"]


@admin.register(Lot)
class LotAdmin(LookOnlyAdmin[Lot]):
    list_display = ["id", "account", "unit", "amount", "remaining", "last_good_day", "at"]
    list_filter = ["last_good_day", "at"]
    list_select_related = ["account", "unit"]
    search_fields = ["=account__card_code", "=business__slug"]
    ordering = ["-pk"]


@admin.register(LotUse)
class LotUseAdmin(LookOnlyAdmin[LotUse]):
    list_display = ["id", "entry_id", "lot_id", "amount"]
    search_fields = ["=entry__account__card_code"]
    ordering = ["-pk"]


@admin.register(RuleUse)
class RuleUseAdmin(LookOnlyAdmin[RuleUse]):
    list_display = ["id", "account", "rule", "day", "amount"]
    list_filter = ["day"]
    list_select_related = ["account", "rule"]
    search_fields = ["=account__card_code"]
    ordering = ["-pk"]


@admin.register(ChainLink)
class ChainLinkAdmin(LookOnlyAdmin[ChainLink]):
    list_display = ["posting_id", "business", "number", "digest"]
    list_select_related = ["business"]
    search_fields = ["=business__slug", "=digest"]
    ordering = ["-pk"]


@admin.register(Seal)
class SealAdmin(LookOnlyAdmin[Seal]):
    list_display = ["business", "day", "number", "digest", "sealed_at"]
    list_filter = ["day"]
    list_select_related = ["business"]
    search_fields = ["=business__slug", "=digest"]
    ordering = ["-pk"]
