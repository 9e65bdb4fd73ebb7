"""The program in plain words: what is live, what a draft would change, and the versions before."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from loyalty import nav
from loyalty.domain import program
from loyalty.domain.program import DraftExists, NothingToPublish
from loyalty.engine.days import local_day
from loyalty.forms.program import TryForm
from loyalty.models import Role, UnitKind
from loyalty.queries.examples import award_in_words, purchase, worked_examples
from loyalty.queries.explain import changes_in_words, pieces_in_words, rules_in_words, unit_in_words
from loyalty.queries.policies import next_day
from loyalty.queries.program import (
    LiveProgram,
    draft_version,
    history,
    live_program,
    live_version,
    load_program,
    version_number,
)
from loyalty.templatetags.formats import babel_locale
from loyalty.toasts import success_with_undo
from loyalty.web import BusinessRequest, page, staff_page

ICONS = {UnitKind.POINTS: "star", UnitKind.STAMPS: "stamp", UnitKind.CREDIT: "wallet-cards"}


@require_safe
@staff_page(Role.MANAGER)
def overview(request: BusinessRequest) -> HttpResponse:
    """Show the program that is live, or the draft, in words; try an amount on it."""
    live, drafted = live_program(request.business), draft_version(request.business)
    shown = live or (load_program(drafted) if drafted else None)
    context = {
        "live": live,
        "draft": drafted,
        "history": history(request.business),
        "starts": _entries(request, "program-start"),
        "draft_actions": _entries(request, "program-draft"),
        **(_in_words(shown, timezone.now()) if shown else {}),
        **(_tried(request, shown) if shown else {}),
        "coming": live and next_day(live, local_day(timezone.now(), request.business.time_zone)),
        "has_changed": live and any(len(unit.steps) > 1 for unit in live.units.values()),
    }
    return page(request, "loyalty/console/program.html", context, part="tried")


def _entries(request: BusinessRequest, section: str) -> list[nav.NavLink]:
    role = request.role.role if request.role else ""
    return nav.links(section, slug=request.business.slug, roles=[role], path=request.path)


def _in_words(shown: LiveProgram, at: datetime) -> dict[str, object]:
    locale, today = babel_locale(), local_day(at, shown.version.business.time_zone)
    return {
        "shown": shown,
        "rules": rules_in_words(shown, locale),
        "units": [
            (unit, ICONS[UnitKind(unit.kind)], unit_in_words(unit, today), unit.card_size_on(today))
            for unit in shown.units.values()
        ],
        "examples": worked_examples(shown, at, locale),
    }


def _tried(request: BusinessRequest, shown: LiveProgram) -> dict[str, object]:
    form = TryForm(request.GET if "amount" in request.GET else None, currency=request.business.currency)
    awards = purchase(shown, form.cleaned_data["amount"], timezone.now()) if form.is_valid() else ()
    return {"try_form": form, "tried": award_in_words(awards, shown, babel_locale()) if form.is_valid() else ""}


@require_safe
@staff_page(Role.MANAGER)
def version(request: BusinessRequest, number: int) -> HttpResponse:
    """Show a version that is or was live."""
    row = version_number(request.business, number)
    if row.live_from is None:
        raise Http404
    context = {"version": row, **_in_words(load_program(row), row.live_from)}
    return page(request, "loyalty/console/version.html", context)


@require_POST
@staff_page(Role.MANAGER)
def start_draft(request: BusinessRequest, number: int | None = None) -> HttpResponse:
    """Make a draft of the live version or of an older one, and open it."""
    row = live_version(request.business) if number is None else version_number(request.business, number)
    if row is None:
        raise Http404
    try:
        program.draft_from(version=row, by=request.actor, at=timezone.now())
    except DraftExists:
        messages.info(request, _("There is a draft already. Change or discard it first."))
    return redirect("loyalty:draft", business=request.business.slug)


@require_safe
@staff_page(Role.MANAGER)
def draft(request: BusinessRequest) -> HttpResponse:
    """Show the draft: its pieces, each to be changed, and what going live would change."""
    row = draft_version(request.business)
    if row is None:
        return redirect("loyalty:program", business=request.business.slug)
    drafted, live = load_program(row), live_program(request.business)
    context = {
        **_in_words(drafted, timezone.now()),
        "draft": row,
        "live": live,
        "pieces": pieces_in_words(drafted, babel_locale()),
        "changes": changes_in_words(live, drafted, babel_locale()) if live else None,
        "draft_actions": _entries(request, "program-draft"),
    }
    return page(request, "loyalty/console/draft.html", context)


@require_POST
@staff_page(Role.MANAGER)
def discard(request: BusinessRequest) -> HttpResponse:
    """Discard the draft; the toast takes it up again."""
    try:
        row = program.discard_draft(business=request.business, by=request.actor, at=timezone.now())
    except NothingToPublish:
        raise Http404 from None
    undo_url = reverse("loyalty:version-reuse", kwargs={"business": request.business.slug, "number": row.number})
    success_with_undo(request, _("The draft is discarded."), undo_url=undo_url)
    return redirect("loyalty:program", business=request.business.slug)
