"""Recording a sale, and saying kindly why it is refused."""

from datetime import datetime
from math import ceil

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loyalty.domain.ledger import AccountClosed, KeyReused
from loyalty.domain.sale_input import Recorded
from loyalty.domain.sales import NotLive, ReceiptAlreadyBooked
from loyalty.engine.amounts import format_amount
from loyalty.models import Account, Sale, StaffRole
from loyalty.queries.reasons import locale
from loyalty.till import paired_till
from loyalty.toasts import success_with_undo
from members.domain import counter, till
from members.domain.recording import Asked, OwnAllowance
from members.domain.visits import OwnMembership
from members.forms.recording import PurchaseForm, VisitForm
from members.queries.till import Terms
from members.views.counter.guard import CounterRequest

OWN = 403
REFUSED = 422


class Refused(Exception):
    """A sale that is not recorded; the form says why. earlier is the sale that has the receipt's number."""

    def __init__(self, status: int = REFUSED, earlier: Sale | None = None) -> None:
        super().__init__("not recorded")
        self.status, self.earlier = status, earlier


def purchase_form(request: CounterRequest, terms: Terms | None) -> PurchaseForm:
    """Return the form of a purchase: with what was sent; not bound, where only more lines are asked for."""
    if "more_lines" in request.POST:
        return PurchaseForm(initial=request.POST.dict(), business=request.business, terms=terms)
    return PurchaseForm(request.POST if request.method == "POST" else None, business=request.business, terms=terms)


def record(request: CounterRequest, form: PurchaseForm | VisitForm, account: Account | None) -> HttpResponse:
    """Record what a valid form says and go to its receipt. Raises Refused."""
    now = timezone.now()
    sale = form.sale(now)
    allowed_by = _allowed_by(request, form, now)
    try:
        recorded = counter.record(
            business=request.business, account=account, sale=sale, by=request.actor, at=now, instead=form.instead,
            confirmed=form.is_confirmed(sale.total), allowed_by=allowed_by,
        )  # fmt: skip
    except Asked as asked:
        form.ask(asked.question)
        raise Refused from None
    except OwnAllowance:
        form.add_error("pin", _("This is the card of who allows it. Another owner or manager has to do it."))
        raise Refused(OWN) from None
    except ReceiptAlreadyBooked as booked:
        form.add_error("receipt", _("This receipt was recorded before. Look at that sale, or enter another number."))
        raise Refused(earlier=booked.sale) from None
    except NotLive:
        form.add_error(None, _("The program is not live yet: nothing can be recorded."))
        raise Refused from None
    except KeyReused:
        form.renew_key()
        form.add_error(None, sent_with_other_content())
        raise Refused from None
    except AccountClosed:
        form.add_error(None, card_closed())
        raise Refused from None
    except OwnMembership:
        form.add_error(None, own_membership())
        raise Refused(OWN) from None
    _say(request, recorded)
    return redirect("members:counter-sale", business=request.business.slug, sale=recorded.public_id)


def _allowed_by(request: CounterRequest, form: PurchaseForm | VisitForm, at: datetime) -> StaffRole | None:
    """Return the manager whose PIN was typed, if one was; a wrong one is said beside the field."""
    pin = form.cleaned_data["pin"]
    if not pin:
        return None
    try:
        return till.allow(business=request.business, pin=pin, by=request.actor, at=at, device=paired_till(request))
    except till.WrongPin as wrong:
        words = ngettext(
            "No manager has this PIN. %(left)d try is left.", "No manager has this PIN. %(left)d tries are left.",
            wrong.left,
        )  # fmt: skip
        form.add_error("pin", words % {"left": wrong.left})
    except till.TooManyTries as locked:
        form.add_error("pin", too_many_pins(locked, at))
    return None


def too_many_pins(locked: till.TooManyTries, at: datetime) -> str:
    """Return how long no PIN is looked at."""
    minutes = ceil((locked.until - at).total_seconds() / 60)
    words = ngettext(
        "Too many wrong PINs. Wait %(count)d minute.", "Too many wrong PINs. Wait %(count)d minutes.", minutes
    )
    return words % {"count": minutes}


def _say(request: CounterRequest, recorded: Recorded) -> None:
    if recorded.again:
        messages.info(request, nothing_twice())
        return
    kwargs = {"business": request.business.slug, "sale": recorded.public_id}
    total = recorded.total
    money = format_amount(total, currency=request.business.currency, locale=locale())
    said = _("Recorded: %(amount)s") % {"amount": money} if total else _("The visit is recorded.")
    success_with_undo(request, said, undo_url=reverse("members:counter-sale-undo", kwargs=kwargs))


def nothing_twice() -> str:
    """Return what is said to who sends a form again."""
    return _("This was recorded already. Nothing was booked twice.")


def own_membership() -> str:
    """Return why nobody serves themselves."""
    return _("This is your own membership. A colleague has to do this for you.")


def card_closed() -> str:
    """Return why nothing is recorded on a card that was closed a moment ago."""
    return _("This card was closed. Nothing was recorded. Look the customer up again.")


def sent_with_other_content() -> str:
    """Return why the key of a form is not good for what stands in it now; the form has a new one."""
    return _("This form was recorded before, with other content. If this is another booking, send it once more.")
