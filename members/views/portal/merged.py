"""What somebody is told whose card was merged into another one."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from loyalty.limits import Limit
from loyalty.web import page
from members.domain import merging
from members.domain.enrolment import ClaimedByAnother
from members.forms.claim import CardForm
from members.web import MemberRequest, client_ip, person_page

TRIES = Limit("merged.card", most=10, seconds=3600)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def merged(request: MemberRequest) -> HttpResponse:
    """Say that the card was merged; POST brings the log-in to the other card, by its number."""
    if not request.member.account.merged_into_id:
        raise Http404
    form = CardForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _take_over(request, form):
        messages.success(request, _("Here is all that was collected with both cards."))
        return redirect("members:dashboard", business=request.business.slug)
    context = {"form": form, "may_take_over": merging.may_take_over(request.member)}
    return page(request, "members/portal/merged.html", context, status=422 if form.is_bound else 200)


def _take_over(request: MemberRequest, form: CardForm) -> bool:
    """Return whether the log-in was brought over; else the form says why not."""
    if not (TRIES.allows(f"user {request.user.pk}") and TRIES.allows(f"ip {client_ip(request)}")):
        form.add_error("card", _("There were too many tries. Wait an hour, or ask at the counter."))
        return False
    try:
        merging.take_over(member=request.member, code=form.cleaned_data["card"], by=request.actor, at=timezone.now())
    except merging.WrongCard:
        form.add_error("card", _("Your card was not merged into this one. Check the number once more."))
        return False
    except ClaimedByAnother:
        form.add_error("card", _("The other card has a log-in already. Log in with that one, or ask at the counter."))
        return False
    return True
