"""A sale after it was recorded: its receipt, taking it back, giving a part of it back."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from loyalty.domain.ledger import KeyReused
from loyalty.domain.refunds import BeforePurchase, RefundTooLarge, TooManyBack
from loyalty.domain.sales import AlreadyUndone, UndoTooLate
from loyalty.models import Sale
from members.domain import counter
from members.domain.counter import NotBookedHere, RefundTooLate
from members.domain.visits import OwnMembership
from members.forms.refund import RefundForm
from members.queries.booked import BookedSale, sale_at
from members.queries.refunds import RefundShown, lines_of, shown_refund
from members.views.counter.guard import CounterRequest, counter_page, till_page
from members.views.counter.recording import OWN, REFUSED, own_membership, sent_with_other_content


def _sale(request: CounterRequest, public_id: UUID) -> Sale:
    sale = sale_at(request.business, public_id)
    if sale is None:
        raise Http404
    return sale


@require_safe
@counter_page
def receipt(request: CounterRequest, sale: UUID) -> HttpResponse:
    """Show what a sale earned and why, and what comes next."""
    return _receipt(request, _sale(request, sale))


def _receipt(request: CounterRequest, sale: Sale, *, problem: str = "", status: int = 200) -> HttpResponse:
    now = timezone.now()
    booked = BookedSale(sale, now)
    manager = counter.is_manager(request.actor)
    values = {
        "booked": booked,
        "sale": sale,
        "problem": problem,
        "may_move": not sale.undone_at and (manager or now <= booked.undo_until),
        "may_undo": booked.from_counter and not sale.undone_at and (manager or now <= booked.undo_until),
        "may_refund": bool(booked.left) and counter.may_refund(sale, request.actor, now),
        "own": booked.customer is not None and booked.customer.is_own(request.role),
    }
    return till_page(request, "sale.html", values, status=status)


@require_POST
@counter_page
def undo(request: CounterRequest, sale: UUID) -> HttpResponse:
    """Take a sale back that was recorded by mistake."""
    found = _sale(request, sale)
    try:
        counter.undo_sale(sale=found, by=request.actor, at=timezone.now())
    except OwnMembership:
        return _receipt(request, found, problem=own_membership(), status=OWN)
    except UndoTooLate:
        return _receipt(request, found, problem=_too_late(request), status=REFUSED)
    except NotBookedHere:
        problem = _("This sale was not recorded at the till. Undo it where it came from, or record a refund.")
        return _receipt(request, found, problem=problem, status=REFUSED)
    except AlreadyUndone:
        return _receipt(request, found, problem=_("This was undone before."), status=REFUSED)
    messages.success(request, _("Undone. It is as if it had never been recorded."))
    if found.account and request.POST.get("back") != "home":
        return redirect("members:counter-member", business=request.business.slug, account=found.account.public_id)
    return redirect("members:counter-home", business=request.business.slug)


def _too_late(request: CounterRequest) -> str:
    minutes = request.business.undo_minutes
    words = ngettext(
        "It can be undone for %(count)d minute, and that is over. Record a refund, or ask a manager to undo it.",
        "It can be undone for %(count)d minutes, and they are over. Record a refund, or ask a manager to undo it.",
        minutes,
    )
    return words % {"count": minutes}


@require_http_methods(["GET", "HEAD", "POST"])
@counter_page
def refund(request: CounterRequest, sale: UUID) -> HttpResponse:
    """Record that a part or all of a sale was given back."""
    found = _sale(request, sale)
    form = _form(request, found)
    status = REFUSED if form.is_bound else 200
    if form.is_valid():
        status = _do(form, partial(_book, request, found, form))
        if status == 200:
            messages.success(request, _("The refund is recorded."))
            return redirect("members:counter-sale", business=request.business.slug, sale=found.public_id)
    return _refund_page(request, found, form, status=status)


@require_POST
@counter_page
def preview_refund(request: CounterRequest, sale: UUID) -> HttpResponse:
    """Say what a refund would give and take back, before it is booked: while it is typed, or at a button."""
    found = _sale(request, sale)
    form = _form(request, found)
    if not form.is_valid():
        return _refund_page(request, found, form, status=200 if request.htmx else REFUSED, part="preview")
    shown: list[RefundShown] = []

    def look() -> None:
        back = form.back
        shown.append(shown_refund(counter.preview_refund(sale=found, back=back, by=request.actor, at=timezone.now())))

    status = _do(form, look)
    values = {"would": shown[0] if shown else None}
    return _refund_page(request, found, form, status=200 if request.htmx else status, part="preview", **values)


def _form(request: CounterRequest, sale: Sale) -> RefundForm:
    left = 0 if sale.undone_at else sale.total - sale.refunded
    data = request.POST if request.method == "POST" else None
    return RefundForm(data, business=request.business, total=sale.total, left=left, lines=lines_of(sale))


def _refund_page(
    request: CounterRequest, sale: Sale, form: RefundForm, *, status: int, part: str = "", **more: object
) -> HttpResponse:
    left = 0 if sale.undone_at else sale.total - sale.refunded
    may = counter.may_refund(sale, request.actor, timezone.now())
    values = {"form": form, "sale": sale, "left": left, "may": may, **more}
    return till_page(request, "refund.html", values, part=part, status=status)


def _book(request: CounterRequest, sale: Sale, form: RefundForm) -> None:
    back = form.back
    counter.refund(
        sale=sale, amount=back.amount, lines=back.lines, key=form.booking_key, by=request.actor, at=timezone.now()
    )


def _do(form: RefundForm, act: Callable[[], None]) -> int:
    """Do something with what a valid form says; return 200, or what to answer when the form says why not."""
    try:
        act()
    except OwnMembership:
        form.add_error(None, own_membership())
        return OWN
    except RefundTooLate:
        form.add_error(None, _("A cashier refunds on the day of the sale. Ask a manager."))
        return REFUSED
    except BeforePurchase:
        form.add_error(None, _("The purchase is dated later than now. Record the refund once that time has come."))
        return REFUSED
    except RefundTooLarge as error:
        form.refuse(error.left)
        return REFUSED
    except KeyReused:
        form.renew_key()
        form.add_error(None, sent_with_other_content())
        return REFUSED
    except TooManyBack as error:
        form.refuse_line(error.line_id, error.left)
        return REFUSED
    return 200
