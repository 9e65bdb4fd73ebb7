"""All the shops of one person, under one log-in."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from loyalty.web import page
from members.queries.shops import shops_of


@require_safe
@login_required
def shops(request: HttpRequest) -> HttpResponse:
    """Show every membership with its balances and the next reward."""
    assert request.user.is_authenticated
    return page(request, "members/site/my.html", {"shops": shops_of(request.user, timezone.now())})
