"""Asking staff to protect their log-in with more than a code by mail."""

from typing import cast

from django.http import HttpRequest

from loyalty.models import User
from loyalty.queries.team import has_second_factor

LATER = "second_factor_later"


def is_missing(request: HttpRequest) -> bool:
    """Return whether to ask: the log-in has no second factor, and has not said "later" in this session. One query."""
    return not request.session.get(LATER) and not has_second_factor(cast(User, request.user))


def ask_later(request: HttpRequest) -> None:
    """Ask again with the next session only."""
    request.session[LATER] = True
