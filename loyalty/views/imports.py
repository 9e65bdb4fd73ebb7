"""Bringing a file of past sales into the books, step by step."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from loyalty.domain import imports as domain
from loyalty.domain.imports import (
    BatchError,
    DiskFull,
    NothingToBook,
    OtherBeingRead,
    OtherRunning,
    QuotaReached,
    WrongState,
)
from loyalty.engine.imports.columns import Field
from loyalty.engine.imports.rows import Problem
from loyalty.forms.imports import FIELDS, ColumnsForm, UploadForm
from loyalty.imports_in_words import PROBLEMS, failure, findings, outcome, problem_in_words
from loyalty.models import BatchState, ImportBatch, Role
from loyalty.queries import import_files
from loyalty.queries import imports as queries
from loyalty.queries.program import live_version
from loyalty.spreadsheet import Cell, csv_response
from loyalty.step_up import fresh_proof
from loyalty.tasks import wake
from loyalty.undo_offers import vouchers
from loyalty.web import BusinessRequest, page, staff_page

REFUSALS = {
    WrongState: gettext_lazy("The import has moved on in the meantime; this is how it stands now."),
    NothingToBook: gettext_lazy("No row of this file can be used. Mend the file, or say anew what its columns mean."),
    OtherRunning: gettext_lazy("Another import is running. Wait until it is done, or cancel it first."),
    OtherBeingRead: gettext_lazy("Another file is still being read. Wait until it is done, or throw it away first."),
    QuotaReached: gettext_lazy("Your files take too much room. Delete one of the list below, then upload this one."),
    DiskFull: gettext_lazy("The server has no room for this file. Tell whoever runs it, and try again later."),
}


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Role.MANAGER)
def imports(request: BusinessRequest) -> HttpResponse:
    """Show the imports of the business and take another file."""
    form = UploadForm(request.POST or None, request.FILES or None, too_large=getattr(request, "too_large", False))
    if form.is_valid():
        stored = _store(request, form)
        if stored:
            wake(stored)
            return _to(stored)
    files = import_files.kept_files(request.business)
    context = {
        "form": form,
        "batches": queries.latest(request.business),
        "files": files,
        "used": sum(file.size for file in files),
        "quota": settings.IMPORT_QUOTA,
    }
    return page(request, "loyalty/console/imports.html", context, status=422 if form.is_bound else 200)


def _store(request: BusinessRequest, form: UploadForm) -> ImportBatch | None:
    """Keep the file of a form for the worker to look into; None where it is refused, and the form says why."""
    upload = form.cleaned_data["file"]
    try:
        return domain.upload(
            business=request.business, key=form.batch_key, content=upload.file, name=upload.name, by=request.actor,
            at=timezone.now(), quota=settings.IMPORT_QUOTA,
        )  # fmt: skip
    except BatchError as refused:
        form.add_error("file", str(REFUSALS[type(refused)]))
        return None


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Role.MANAGER)
def columns(request: BusinessRequest, batch: UUID) -> HttpResponse:
    """Ask what the columns mean, with the first rows as they would be understood; then have the file checked."""
    row = queries.batch_at(request.business, batch)
    if row.started_at or not row.sample or row.state == BatchState.CHECKING:
        return _to(row)
    head = import_files.sample(row)
    live = live_version(request.business) is not None
    form = ColumnsForm(request.POST or None, batch=row, head=head, live=live)
    if form.is_valid() and "preview" not in request.POST:
        return _act(request, row, lambda: domain.choose(
            batch=row, columns=form.columns, choices=form.choices, by=request.actor, at=timezone.now()
        ))  # fmt: skip
    context = {"batch": row, "form": form, "rows": _preview(row, head, form, live=live)}
    status = 422 if form.is_bound and not form.is_valid() else 200
    return page(request, "loyalty/console/import_columns.html", context, part="preview", status=status)


def _preview(row: ImportBatch, head: import_files.Sample, form: ColumnsForm, *, live: bool) -> list[Any]:
    """Return the first rows as the form reads them; before it is sent, as the guess does."""
    shown = form if form.is_bound else ColumnsForm(dict(form.initial), batch=row, head=head, live=live)
    if not shown.is_valid():
        return []
    read = import_files.understood(row, head, shown.columns, shown.choices)
    return [(each, problem_in_words(each.refused) if each.refused else "") for each in read]


@require_safe
@staff_page(Role.MANAGER)
def batch(request: BusinessRequest, batch: UUID) -> HttpResponse:
    """Show where an import stands: its check, its progress, its outcome. Once its head is read, on to the columns."""
    row = queries.batch_at(request.business, batch)
    if request.htmx and row.state == BatchState.UPLOADED and row.sample:
        return HttpResponseClientRedirect(reverse("loyalty:import-columns", args=[request.business.slug, batch]))
    context = {
        "batch": row,
        "at_work": row.state in domain.AT_WORK,
        "findings": findings(row) if row.report else None,
        "outcome": outcome(row) if row.started_at else None,
        "failure": failure(row),
        "undoable": _undoable(row),
    }
    return page(request, "loyalty/console/import.html", context, part="state")


def _undoable(row: ImportBatch) -> dict[str, int] | None:
    """Return what an undo would take with it, None where there is nothing to undo."""
    if not row.started_at or row.state in (*domain.AT_WORK, BatchState.UNDONE):
        return None
    return {"purchases": queries.standing_sales(row), "vouchers": vouchers(row, timezone.now())}


@require_safe
@staff_page(Role.MANAGER)
@fresh_proof(gettext_lazy("A download of the problems of a file"), download=True)
def problems(request: BusinessRequest, batch: UUID) -> HttpResponse:
    """Hand out the rows that cannot be used as a CSV file."""
    row = queries.batch_at(request.business, batch)
    head = [_("Line"), _("Problem"), _("Column"), _("Text")]
    return csv_response("problems.csv", head, _problem_rows(row))


def _problem_rows(row: ImportBatch) -> Iterator[tuple[Cell, ...]]:
    for line, problem, field, text in import_files.problems(row):
        yield line, str(PROBLEMS[Problem(problem)]), str(FIELDS[Field(field)][0]) if field else "", text


def _act(request: BusinessRequest, row: ImportBatch, act: Callable[[], ImportBatch]) -> HttpResponse:
    """Do what was asked for and wake the worker, or say why not; then show where the import stands."""
    try:
        wake(act())
    except BatchError as refused:
        messages.error(request, str(REFUSALS[type(refused)]))
    return _to(row)


def _to(row: ImportBatch) -> HttpResponse:
    return redirect("loyalty:import", business=row.business.slug, batch=row.public_id)


def _button(act: Callable[..., ImportBatch]) -> Callable[..., HttpResponse]:
    """Return the view of a button that moves an import on."""

    def view(request: BusinessRequest, batch: UUID) -> HttpResponse:
        row = queries.batch_at(request.business, batch)
        return _act(request, row, lambda: act(batch=row, by=request.actor, at=timezone.now()))

    return require_POST(staff_page(Role.MANAGER)(view))


start = _button(domain.start)
resume = _button(domain.resume)
cancel = _button(domain.cancel)
reconsider = _button(domain.reconsider)
remove_file = _button(domain.remove_file)


@require_POST
@staff_page(Role.MANAGER)
def undo(request: BusinessRequest, batch: UUID) -> HttpResponse:
    """Begin to take an import back, with the unused vouchers that rest on it if that is wanted."""
    row, cancels = queries.batch_at(request.business, batch), "cancel_vouchers" in request.POST
    return _act(request, row, lambda: domain.undo(
        batch=row, by=request.actor, at=timezone.now(), cancel_vouchers=cancels
    ))  # fmt: skip


@require_POST
@staff_page(Role.MANAGER)
def discard(request: BusinessRequest, batch: UUID) -> HttpResponse:
    """Throw an upload away of which nothing is booked."""
    row = queries.batch_at(request.business, batch)
    try:
        domain.discard(batch=row, by=request.actor, at=timezone.now())
    except WrongState as refused:
        messages.error(request, str(REFUSALS[type(refused)]))
        return _to(row)
    messages.success(request, _("The file is thrown away."))
    return redirect("loyalty:imports", business=request.business.slug)
