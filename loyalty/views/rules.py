"""Editing the draft: its rules, bonuses, units and name."""

from dataclasses import asdict
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from loyalty.domain import rules
from loyalty.domain.program import BonusDraft, RuleDraft
from loyalty.domain.rules import NoDraft, Piece, Row, UnitInUse, UnitMissing
from loyalty.forms.program import ProgramForm
from loyalty.forms.rules import BonusForm, RuleForm
from loyalty.forms.units import UnitForm
from loyalty.models import Role, Unit
from loyalty.queries.program import draft_bonus, draft_rule, draft_version, load_program
from loyalty.toasts import success_with_undo
from loyalty.web import BusinessRequest, GuardedView, View, page, staff_page

SALT = "loyalty.rules.removed"
FORMS: dict[str, type[RuleForm | BonusForm]] = {"rules": RuleForm, "bonuses": BonusForm}
MOMENTS = ("starts_at", "ends_at")


def drafting[**P](view: View[P]) -> GuardedView[P]:
    """Guard of the editor: managers and owners, while there is a draft."""

    @wraps(view)
    def on_draft(request: BusinessRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NoDraft:
            raise Http404 from None
        except UnitMissing:
            messages.error(request, _("The draft does not count this any more. Add it first."))
            return _to_draft(request)

    return staff_page(Role.MANAGER)(on_draft)


def _units(request: BusinessRequest) -> dict[str, Unit]:
    version = draft_version(request.business)
    if version is None:
        raise NoDraft
    return load_program(version).units


def _row(request: BusinessRequest, part: str, public_id: UUID) -> Row:
    return (draft_rule if part == "rules" else draft_bonus)(request.business, public_id)


def _sent(request: BusinessRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _to_draft(request: BusinessRequest) -> HttpResponse:
    return redirect("loyalty:draft", business=request.business.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@drafting
def add(request: BusinessRequest, part: str) -> HttpResponse:
    """Add a rule or a bonus to the draft."""
    form = FORMS[part](_sent(request), business=request.business, units=_units(request))
    if form.is_valid():
        rules.add(business=request.business, piece=form.draft(), by=request.actor, at=timezone.now())
        messages.success(request, _("Added to the draft."))
        return _to_draft(request)
    return _show(request, part, form)


@require_http_methods(["GET", "HEAD", "POST"])
@drafting
def change(request: BusinessRequest, part: str, public_id: UUID) -> HttpResponse:
    """Change a rule or a bonus of the draft."""
    row, units = _row(request, part, public_id), _units(request)
    piece: Any = rules.as_piece(row)
    initial = FORMS[part].initial_of(piece, units, request.business.time_zone)
    form = FORMS[part](_sent(request), business=request.business, units=units, initial=initial)
    if form.is_valid():
        rules.change(row=row, piece=form.draft(), by=request.actor, at=timezone.now())
        messages.success(request, _("The draft is changed."))
        return _to_draft(request)
    return _show(request, part, form, row)


def _show(request: BusinessRequest, part: str, form: RuleForm | BonusForm, row: Row | None = None) -> HttpResponse:
    context = {"form": form, "row": row, "part": part}
    return page(request, "loyalty/console/rule.html", context, status=422 if form.is_bound else 200)


@require_POST
@drafting
def remove(request: BusinessRequest, part: str, public_id: UUID) -> HttpResponse:
    """Take a rule or a bonus out of the draft; the toast puts it back."""
    piece = rules.remove(row=_row(request, part, public_id), by=request.actor, at=timezone.now())
    kwargs = {"business": request.business.slug, "token": _sign(piece)}
    success_with_undo(
        request,
        _("“%(name)s” is removed.") % {"name": piece.name},
        undo_url=reverse(f"loyalty:{part}-restore", kwargs=kwargs),
    )
    return _to_draft(request)


@require_POST
@drafting
def restore(request: BusinessRequest, part: str, token: str) -> HttpResponse:
    """Put a removed rule or bonus back; the token holds it, signed by us."""
    try:
        rules.add(business=request.business, piece=_read(part, token), by=request.actor, at=timezone.now())
    except signing.BadSignature:
        raise Http404 from None
    messages.success(request, _("It is back in the draft."))
    return _to_draft(request)


class _Json(signing.JSONSerializer):
    """JSON with moments as text."""

    def dumps(self, obj: Any) -> bytes:
        return DjangoJSONEncoder(separators=(",", ":")).encode(obj).encode("latin-1")


def _sign(piece: Piece) -> str:
    return signing.dumps(asdict(piece), salt=SALT, serializer=_Json, compress=True)


def _read(part: str, token: str) -> Piece:
    values = signing.loads(token, salt=SALT, serializer=_Json)
    fields = values.pop("fields")
    fields |= {name: parse_datetime(fields[name]) for name in MOMENTS if fields[name]}
    return (RuleDraft if part == "rules" else BonusDraft)(**values, fields=fields)


@require_http_methods(["GET", "HEAD", "POST"])
@drafting
def add_unit(request: BusinessRequest) -> HttpResponse:
    """Let the draft count one thing more."""
    _units(request)
    form = UnitForm(_sent(request))
    if not form.is_valid():
        return _show_unit(request, form)
    code = rules.free_code(request.business, form.unit_kind)
    rules.set_unit(business=request.business, unit=form.draft(code), by=request.actor, at=timezone.now())
    messages.success(request, _("Added to the draft. Now add a rule that awards it."))
    return _to_draft(request)


@require_http_methods(["GET", "HEAD", "POST"])
@drafting
def change_unit(request: BusinessRequest, code: str) -> HttpResponse:
    """Change what the draft says of a unit."""
    unit = _unit(request, code)
    form = UnitForm(_sent(request), unit=unit)
    if not form.is_valid():
        return _show_unit(request, form, unit)
    rules.set_unit(business=request.business, unit=form.draft(code), by=request.actor, at=timezone.now())
    messages.success(request, _("The draft is changed."))
    return _to_draft(request)


def _unit(request: BusinessRequest, code: str) -> Unit:
    unit = _units(request).get(code)
    if unit is None:
        raise Http404
    return unit


def _show_unit(request: BusinessRequest, form: UnitForm, unit: Unit | None = None) -> HttpResponse:
    return page(
        request, "loyalty/console/unit.html", {"form": form, "unit": unit}, status=422 if form.is_bound else 200
    )


@require_POST
@drafting
def remove_unit(request: BusinessRequest, code: str) -> HttpResponse:
    """Let the draft count a unit no longer."""
    unit = _unit(request, code)
    try:
        rules.remove_unit(business=request.business, code=code, by=request.actor, at=timezone.now())
    except UnitInUse:
        messages.error(request, _("Rules of the draft still award %(unit)s. Remove them first.") % {"unit": unit.name})
    else:
        messages.success(request, _("The draft no longer counts %(unit)s.") % {"unit": unit.name})
    return _to_draft(request)


@require_http_methods(["GET", "HEAD", "POST"])
@drafting
def settings(request: BusinessRequest) -> HttpResponse:
    """Change the name of the draft and how its bonuses go together."""
    version = draft_version(request.business)
    if version is None:
        raise NoDraft
    initial = {"name": version.name, "bonuses_multiply": version.bonuses_multiply}
    form = ProgramForm(_sent(request), initial=initial)
    if form.is_valid():
        rules.change_settings(business=request.business, **form.cleaned_data, by=request.actor, at=timezone.now())
        messages.success(request, _("The draft is changed."))
        return _to_draft(request)
    return page(request, "loyalty/console/draft_settings.html", {"form": form}, status=422 if form.is_bound else 200)
