"""Two cards of one person: finding the other one, seeing what comes of it, merging, and parting them again."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from loyalty.domain.ledger import KeyReused
from loyalty.domain.merging import AlreadyMerged, Closed, MergedOn, MergeError, SameAccount
from loyalty.models import Role
from loyalty.queries.merging import merge_at, preview
from loyalty.web import BusinessRequest, page, staff_page
from members.domain import merging
from members.domain.view_log import log_view
from members.domain.visits import OwnMembership
from members.forms.counter import FindForm, KeyForm
from members.queries.find import find
from members.queries.till import Customer, customer_at, customer_of

OWN = 403
REFUSED = 422


def _customer(request: BusinessRequest, account: UUID) -> Customer:
    """Return whom an account leads to."""
    customer = customer_at(request.business, account)
    if customer is None:
        raise Http404
    return customer


def _note(request: BusinessRequest, *customers: Customer) -> None:
    """Note that people were looked at."""
    for customer in customers:
        if customer.member and request.role and request.method == "GET":
            log_view(
                member=customer.member, user=request.role.user, business=request.business, at=timezone.now(),
                page="members:console-merge",
            )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Role.MANAGER)
def find_other(request: BusinessRequest, account: UUID) -> HttpResponse:
    """Look for the other card of a customer; the text is posted, so that no name stands in an address."""
    customer = _customer(request, account)
    _note(request, customer)
    form = FindForm(request.POST if request.method == "POST" else None)
    found = find(request.business, form.cleaned_data["q"]) if form.is_valid() else None
    hits = [hit for hit in found.hits if hit.account != customer.account] if found else []
    context = {"customer": customer, "form": form, "found": found, "hits": hits}
    return page(request, "members/console/merge_find.html", context, status=REFUSED if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Role.MANAGER)
def merge(request: BusinessRequest, account: UUID, other: UUID) -> HttpResponse:
    """Show what both cards have and will have together; POST merges the other one into this one."""
    target, source = _customer(request, account), _customer(request, other)
    if source.member and not target.member:
        # The card without a name goes into the one with a name.
        return redirect("members:console-merge", business=request.business.slug, account=other, other=account)
    _note(request, target, source)
    form = KeyForm(request.POST if request.method == "POST" else None)
    status = REFUSED if form.is_bound else 200
    if form.is_valid():
        try:
            done = merging.merge(
                source=source, target=target, key=str(form.cleaned_data["key"]), by=request.actor, at=timezone.now()
            )
        except OwnMembership:
            form.add_error(None, _("One of these is your own membership. A colleague has to do this for you."))
            status = OWN
        except (MergeError, KeyReused) as refused:
            form.add_error(None, _why_not(refused))
        else:
            return redirect("members:console-merged", business=request.business.slug, merge=done.public_id)
    units = preview(source.account, target.account, timezone.now()) if source.account != target.account else []
    context = {"form": form, "target": target, "source": source, "units": units}
    return page(request, "members/console/merge.html", context, status=status)


def _why_not(refused: Exception) -> str:
    match refused:
        case SameAccount():
            return _("Both are the same card: there is nothing to merge.")
        case AlreadyMerged():
            return _("One of the cards was merged a moment ago. Look at it once more.")
        case KeyReused():
            return _("This page is too old. Please try once more.")
        case _other:
            return _("One of the cards was closed, so they cannot be merged.")


@require_safe
@staff_page(Role.MANAGER)
def merged(request: BusinessRequest, merge: UUID) -> HttpResponse:
    """Show what was merged, by whom, and the way to part them again."""
    found = merge_at(request.business, merge)
    source, target = (customer_of(account, request.business) for account in (found.source, found.target))
    _note(request, source, target)
    return page(request, "members/console/merged.html", {"merge": found, "source": source, "target": target})


@require_POST
@staff_page(Role.MANAGER)
def undo(request: BusinessRequest, merge: UUID) -> HttpResponse:
    """Part two merged cards."""
    found = merge_at(request.business, merge)
    try:
        merging.undo(merge=found, by=request.actor, at=timezone.now())
    except OwnMembership:
        messages.error(request, _("One of these is your own membership. A colleague has to do this for you."))
    except MergedOn:
        messages.error(request, _("The card that was kept was itself merged into another one since. Part those first."))
    except Closed:
        messages.error(request, _("The second card was closed since, so nothing can go back to it."))
    else:
        messages.success(request, _("Parted. What was left of the second card is there again."))
    return redirect("members:console-merged", business=request.business.slug, merge=merge)
