"""Adjusting an account by hand, and deciding on what a colleague asked for."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from loyalty.domain.adjustments import AdjustmentError, AlreadyDecided, DayOver, NotYours, SamePerson
from loyalty.domain.ledger import AccountClosed, KeyReused, NotEnough
from loyalty.engine.days import local_day
from loyalty.models import AdjustmentState, Role, Unit
from loyalty.queries.adjustments import adjustment_at, needs_second_person, unit_held
from loyalty.queries.explain import quantity_in_words
from loyalty.queries.reasons import locale
from loyalty.step_up import fresh_proof
from loyalty.web import BusinessRequest, page, staff_page
from members.domain import adjustments
from members.domain.view_log import log_view
from members.domain.visits import OwnMembership
from members.forms.adjustments import AdjustForm
from members.queries import adjustments as rows
from members.queries.till import Customer, customer_at

PAGE = 25
OWN = 403
REFUSED = 422
VERBS = {"approve": adjustments.approve, "refuse": adjustments.refuse, "withdraw": adjustments.withdraw}


@require_safe
@staff_page(Role.MANAGER)
def listing(request: BusinessRequest) -> HttpResponse:
    """List what waits for a second person, and below what was adjusted."""
    assert request.role is not None
    marks = {name: request.GET.get(name, "") for name in ("before", "after")}
    found = rows.adjustments(request.business, request.role, size=PAGE, **marks)
    if found.people:
        log_view(
            member=None, user=request.role.user, business=request.business, page="members:console-adjustments",
            rows=found.people, at=timezone.now(),
        )  # fmt: skip
    return page(request, "members/console/adjustments.html", {"page": found})


def _is_above_the_limit(request: BusinessRequest, account: UUID, unit: str) -> bool:
    """Return whether a form asks for more than one person may adjust; one with faults asks for nothing yet."""
    customer = customer_at(request.business, account) if request.method == "POST" else None
    if customer is None:
        return False
    counted, today = unit_held(customer.account, unit), local_day(timezone.now(), request.business.time_zone)
    form = AdjustForm(request.POST, unit=counted, today=today)
    return form.is_valid() and needs_second_person(counted, form.signed)


def _approves(request: BusinessRequest, adjustment: UUID, verb: str) -> bool:
    return verb == "approve"


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Role.MANAGER)
@fresh_proof(gettext_lazy("An adjustment above the limit"), when=_is_above_the_limit)
def adjust(request: BusinessRequest, account: UUID, unit: str) -> HttpResponse:
    """Add to an account, or take from it, with a reason."""
    customer = customer_at(request.business, account)
    if customer is None:
        raise Http404
    counted, today = unit_held(customer.account, unit), local_day(timezone.now(), request.business.time_zone)
    form = AdjustForm(request.POST if request.method == "POST" else None, unit=counted, today=today)
    status = REFUSED if form.is_bound else 200
    if form.is_valid():
        status = _ask(request, customer, counted, form)
        if status == 302:
            return redirect("members:console-account", business=request.business.slug, account=account)
    if customer.member and request.role and request.method == "GET":
        log_view(
            member=customer.member, user=request.role.user, business=request.business, page="members:console-adjust",
            at=timezone.now(),
        )  # fmt: skip
    context = {"customer": customer, "unit": counted, "form": form}
    return page(request, "members/console/adjust.html", context, status=status)


def _ask(request: BusinessRequest, customer: Customer, unit: Unit, form: AdjustForm) -> int:
    """Adjust what a valid form says; return 302, or what to answer when the form says why not."""
    try:
        done = adjustments.ask(
            customer=customer, unit=unit, amount=form.signed, reason=form.reason,
            last_good_day=form.lasting, key=form.booking_key, by=request.actor, at=timezone.now(),
        )  # fmt: skip
    except OwnMembership:
        form.add_error(None, _("This is your own membership. A colleague has to do this for you."))
        return OWN
    except NotEnough as error:
        held = quantity_in_words(error.available, unit, locale())
        form.add_error("amount", _("So much is not there: %(held)s can be taken away.") % {"held": held})
        return REFUSED
    except AccountClosed:
        form.add_error(None, _card_closed())
        return REFUSED
    except (AdjustmentError, KeyReused):
        form.add_error(None, _("This page is too old. Please try once more."))
        return REFUSED
    if done.state == AdjustmentState.WAITING:
        messages.info(request, _("It waits for a second person: another owner or manager has to agree."))
    else:
        messages.success(request, _("Booked. The member sees it, and why."))
    return 302


@require_POST
@staff_page(Role.MANAGER)
@fresh_proof(gettext_lazy("The approval of an adjustment"), when=_approves)
def decide(request: BusinessRequest, adjustment: UUID, verb: str) -> HttpResponse:
    """Approve or refuse what a colleague asked for, or withdraw what one asked for oneself."""
    if verb not in VERBS:
        raise Http404
    found = adjustment_at(request.business, adjustment)
    try:
        VERBS[verb](adjustment=found, by=request.actor, at=timezone.now())
    except (OwnMembership, AdjustmentError, NotEnough, AccountClosed) as refused:
        messages.error(request, _why_not(refused))
    else:
        done = {"approve": _("Booked."), "refuse": _("Refused. Nothing was booked."), "withdraw": _("Withdrawn.")}
        messages.success(request, done[verb])
    return redirect("members:console-adjustments", business=request.business.slug)


def _why_not(refused: Exception) -> str:
    match refused:
        case OwnMembership():
            return _("This is your own membership. A colleague has to do this for you.")
        case NotEnough():
            return _("So much is not there any more, so it cannot be taken away.")
        case AccountClosed():
            return _card_closed()
        case DayOver():
            return _("The last day of what was to be added is over. Ask for it anew.")
        case SamePerson():
            return _("You asked for this yourself. Another owner or manager has to agree.")
        case NotYours():
            return _("Only who asked for it can withdraw it. You can refuse it.")
        case AlreadyDecided():
            return _("This was decided before.")
        case _other:
            return _("Only owners and managers decide.")


def _card_closed() -> str:
    return _("This card was closed. Nothing was changed.")
