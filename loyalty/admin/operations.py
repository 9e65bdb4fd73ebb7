"""What runs by itself, and the record of who did what."""

from functools import partial

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from loyalty.admin.base import LookOnlyAdmin, back_office
from loyalty.domain import jobs, outbox
from loyalty.models import AuditEvent, Heartbeat, ImportBatch, Job, OutboxMessage, TryCount


@admin.register(Job)
class JobAdmin(LookOnlyAdmin[Job]):
    list_display = ["name", "next_run_at", "started_at", "finished_at", "result", "error"]
    ordering = ["name"]
    actions = ["run_now"]

    @admin.action(description=_("Run at the worker's next tick"))
    def run_now(self, request: HttpRequest, rows: QuerySet[Job]) -> None:
        by, at = back_office(request), timezone.now()
        self.for_each(request, rows, lambda job: jobs.run_soon(job=job, by=by, at=at))


@admin.register(Heartbeat)
class HeartbeatAdmin(LookOnlyAdmin[Heartbeat]):
    list_display = ["name", "at"]
    ordering = ["name"]


@admin.register(TryCount)
class TryCountAdmin(LookOnlyAdmin[TryCount]):
    list_display = ["name", "tries", "expires_at"]
    list_filter = ["name"]
    ordering = ["-tries", "-pk"]


@admin.register(OutboxMessage)
class OutboxMessageAdmin(LookOnlyAdmin[OutboxMessage]):
    shows_personal_data = True
    list_display = [
        "id",
        "purpose",
        "channel",
        "priority",
        "state",
        "attempts",
        "created_at",
        "next_attempt_at",
        "expires_at",
        "sent_at",
        "error",
    ]
    list_filter = ["state", "channel", "priority", "purpose", "created_at"]
    search_fields = ["=recipient", "=public_id"]
    ordering = ["-pk"]
    # The text may hold a code that is still good: the back office sees that a message went out, not what it said.
    exclude = ["subject", "body", "html", "headers"]
    actions = ["try_again"]

    @admin.action(description=_("Try again now"))
    def try_again(self, request: HttpRequest, rows: QuerySet[OutboxMessage]) -> None:
        by, at = back_office(request), timezone.now()
        again = partial(outbox.try_again, by=by, at=at)
        self.for_each(request, rows, lambda message: again(message=message), outbox.AlreadySent, outbox.Forgotten)


@admin.register(ImportBatch)
class ImportBatchAdmin(LookOnlyAdmin[ImportBatch]):
    list_display = ["file_name", "business", "state", "position", "total", "uploaded_at", "finished_at", "error"]
    list_filter = ["state", "uploaded_at"]
    list_select_related = ["business"]
    search_fields = ["file_name", "business__name", "business__slug"]
    ordering = ["-uploaded_at"]
    exclude = ["file"]


@admin.register(AuditEvent)
class AuditEventAdmin(LookOnlyAdmin[AuditEvent]):
    list_display = ["at", "verb", "business", "user", "channel", "object_type", "object_id"]
    list_filter = ["channel", "at", "verb"]
    list_select_related = ["business", "user"]
    search_fields = ["=verb", "=business__slug", "=user__email"]
    ordering = ["-pk"]
