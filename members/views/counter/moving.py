"""A purchase that was recorded for the wrong customer: finding the right one, seeing what comes of it, moving it."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from loyalty.domain.ledger import LedgerError
from loyalty.domain.moving import CannotReceive, MoveError, MoveTooLate, NotLiveThen, SameAccount, SpentOn, Undone
from loyalty.models import Sale
from loyalty.queries.ledger import changes_in_words
from loyalty.toasts import success_with_undo
from members.domain import moving
from members.domain.moving import AboveDayCap
from members.domain.visits import OwnMembership
from members.forms.counter import FindForm, KeyForm
from members.queries.booked import sale_at
from members.queries.find import find
from members.queries.moving import last_move
from members.queries.till import Customer, customer_at, customer_of
from members.views.counter.guard import CounterRequest, counter_page, till_page
from members.views.counter.recording import OWN, REFUSED, own_membership


def _sale(request: CounterRequest, public_id: UUID) -> Sale:
    sale = sale_at(request.business, public_id)
    if sale is None:
        raise Http404
    return sale


def _holder(sale: Sale) -> Customer | None:
    return customer_of(sale.account, sale.business) if sale.account else None


@require_http_methods(["GET", "HEAD", "POST"])
@counter_page
def find_right(request: CounterRequest, sale: UUID) -> HttpResponse:
    """Look for the right customer; the text is posted, so that no name stands in an address."""
    found_sale = _sale(request, sale)
    form = FindForm(request.POST if request.method == "POST" else None)
    found = find(request.business, form.cleaned_data["q"]) if form.is_valid() else None
    hits = [hit for hit in found.hits if hit.account.pk != found_sale.account_id] if found else []
    context = {"sale": found_sale, "holder": _holder(found_sale), "form": form, "found": found, "hits": hits}
    return till_page(request, "move_find.html", context, status=REFUSED if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@counter_page
def move(request: CounterRequest, sale: UUID, account: UUID) -> HttpResponse:
    """Show what moving a sale to a customer comes to; POST moves it."""
    found, target = _sale(request, sale), customer_at(request.business, account)
    if target is None:
        raise Http404
    form = KeyForm(request.POST if request.method == "POST" else None)
    try:
        if form.is_valid():
            key = str(form.cleaned_data["key"])
            moving.move(sale=found, target=target, key=key, by=request.actor, at=timezone.now())
            return _moved(request, found)
        outcome = moving.preview(sale=found, target=target, by=request.actor, at=timezone.now())
    except (OwnMembership, MoveError, LedgerError) as refused:
        status = OWN if isinstance(refused, OwnMembership) else REFUSED
        told = {"sale": found, "holder": _holder(found), "target": target, "problem": _why_not(refused)}
        return till_page(request, "move.html", told, status=status)
    context: dict[str, object] = {
        "sale": found,
        "holder": _holder(found),
        "target": target,
        "form": form,
        "taken": changes_in_words(outcome.source),
        "given": changes_in_words(outcome.target),
    }
    return till_page(request, "move.html", context, status=REFUSED if form.is_bound else 200)


def _moved(request: CounterRequest, sale: Sale) -> HttpResponse:
    slug = request.business.slug
    undo_url = reverse("members:counter-move-back", kwargs={"business": slug, "sale": sale.public_id})
    success_with_undo(request, _("Moved. It is as if it had been recorded here from the start."), undo_url=undo_url)
    return redirect("members:counter-sale", business=slug, sale=sale.public_id)


@require_POST
@counter_page
def move_back(request: CounterRequest, sale: UUID) -> HttpResponse:
    """Bring a sale back to where it was before it was moved."""
    found = _sale(request, sale)
    last = last_move(found)
    if last is None:
        raise Http404
    try:
        moving.move_back(sale=found, last=last, by=request.actor, at=timezone.now())
    except (OwnMembership, MoveError, LedgerError) as refused:
        messages.error(request, _why_not(refused))
    else:
        messages.success(request, _("Moved back."))
    return redirect("members:counter-sale", business=request.business.slug, sale=sale)


def _why_not(refused: Exception) -> str:
    match refused:
        case OwnMembership():
            return own_membership()
        case Undone():
            return _("This purchase was undone, so there is nothing to move. Record it for the right customer.")
        case SpentOn():
            return _("A reward was taken with this purchase. Undo that first, then move the purchase.")
        case SameAccount():
            return _("It is recorded for this customer already.")
        case CannotReceive():
            return _("This card was closed or merged. Find the customer once more.")
        case NotLiveThen():
            return _("The program has changed since, so nobody can say what it would have earned. Ask a manager.")
        case AboveDayCap():
            return _("With it this customer is above the limit for one day. Ask a manager.")
        case MoveTooLate():
            return _("The minutes in which you can move it are over. Ask a manager.")
        case _other:
            return _("It could not be moved. Look at it once more.")
