"""A member's calendar of what becomes good and what runs out, and whether it is told by mail as well."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from loyalty.web import page
from members.domain import profile
from members.queries.dates import calendar_of
from members.web import MemberRequest, member_page


@require_safe
@member_page
def dates(request: MemberRequest) -> HttpResponse:
    """Show every date of what the member holds, month by month."""
    calendar = calendar_of(request.member.account, timezone.now())
    return page(request, "members/portal/dates.html", {"calendar": calendar, "member": request.member})


@require_POST
@member_page
def warnings(request: MemberRequest) -> HttpResponse:
    """Turn the mails before something runs out on ("yes") or off."""
    wanted = request.POST.get("wanted") == "yes"
    profile.be_warned(member=request.member, wanted=wanted, by=request.actor, at=timezone.now())
    messages.success(request, _("We tell you by mail.") if wanted else _("No mail any more. Your dates stay here."))
    return redirect("members:dates", business=request.business.slug)
