"""Undoing a change of address by the link that went to the old one, signed in or not."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from loyalty import log_in_letters
from loyalty.domain import address_changes
from loyalty.domain.actors import Actor
from loyalty.domain.address_changes import AddressTaken, TooLate
from loyalty.models import AddressChange, Channel
from loyalty.queries.address_changes import change_with
from loyalty.web import page

GONE, TAKEN = 410, 409
BACK = (log_in_letters.address_back, log_in_letters.address_undone)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, token: str) -> HttpResponse:
    """Show what was changed, and stop it or put it back on request."""
    change = change_with(token)
    if request.method != "POST":
        return _show(request, change, 200 if change.undone_at or change.can_be_undone(timezone.now()) else GONE)
    try:
        address_changes.undo(change=change, write_back=BACK, by=Actor(Channel.PORTAL, change.user), at=timezone.now())
    except TooLate:
        return redirect("loyalty:address-undo", token=token) if change.undone_at else _show(request, change, GONE)
    except AddressTaken:
        return _show(request, change, TAKEN)
    return redirect("loyalty:address-undo", token=token)


def _show(request: HttpRequest, change: AddressChange, status: int) -> HttpResponse:
    context = {"change": change, "is_open": change.can_be_undone(timezone.now()), "taken": status == TAKEN}
    return page(request, "loyalty/site/address_undo.html", context, status=status)
