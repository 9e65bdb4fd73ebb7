"""Asking somebody who is signed in for a fresh proof, before what would hurt most in the wrong hands.

A proof is a code by mail, or the second factor of a log-in that has one; it is fresh for fifteen minutes
(ACCOUNT_REAUTHENTICATION_TIMEOUT). What was asked for waits in the session and is done once the proof is there.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import uuid4

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY
from allauth.core.exceptions import ReauthenticationRequired
from allauth.core.internal.urlkit import script_aware_resolve
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import get_script_prefix, reverse
from django.utils.datastructures import MultiValueDict
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _

from loyalty.models import User
from loyalty.queries.team import has_second_factor
from loyalty.web import BusinessRequest, View, page

RESUME = "loyalty.step_up.resume"
MOST_KEPT = 20_000
"""Characters of a form that are kept while the proof is fetched; the session is no place for more."""
PACKAGES = {"account": _("A change of your email address"), "mfa": _("A change of your second factors")}


class ProofNeeded(ReauthenticationRequired):  # type: ignore[misc]
    """A fresh proof is asked for first; nothing was done.

    what names for the person what waits for it; a download is offered on a page, as a file has none to come back to.
    """

    def __init__(self, what: Any = "", *, download: bool = False) -> None:
        super().__init__()
        self.what, self.download = what, download


def is_fresh(request: HttpRequest) -> bool:
    """Return whether the log-in was proven within the last minutes, one with a second factor by that. One query.

    A code counts while the address that it went to is the one of the log-in.
    """
    user = cast(User, request.user)
    mailed = any(each["method"] == "code" and each.get("email") == user.email for each in _shown(request))
    return factor_is_fresh(request) or (mailed and not has_second_factor(user))


def factor_is_fresh(request: HttpRequest) -> bool:
    """Return whether a second factor, or a passkey, was shown within the last minutes."""
    return any(each["method"] == "mfa" for each in _shown(request))


def _shown(request: HttpRequest) -> list[dict[str, Any]]:
    since = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    records = get_authentication_records(request, request.user if request.user.is_authenticated else None)
    return [each for each in records if each["at"] > since]


def fresh_proof[**P](
    what: Any, *, when: Callable[..., bool] | None = None, download: bool = False
) -> Callable[[View[P]], View[P]]:
    """Guard below staff_page: asks for a fresh proof before the view, always or when a request is of the kind.

    what names for the person what they are about to do; when is asked with the view's arguments.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: BusinessRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not is_fresh(request) and (when is None or when(request, *args, **kwargs)):
                raise ProofNeeded(what, download=download)
            return view(request, *args, **kwargs)

        cast(Any, guarded).asks_for_proof = True
        return guarded

    return decorate


def is_post(request: HttpRequest, *args: object, **kwargs: object) -> bool:
    """For when=: looking is free."""
    return request.method == "POST"


def suspend(request: HttpRequest, asked: ReauthenticationRequired) -> HttpResponse:
    """Keep in the session what waits for a proof, in place of what waited before, and lead to the proof."""
    methods = get_adapter(request).get_reauthentication_methods(request.user)
    if not methods:
        return redirect_to_login(request.get_full_path())
    here, posted = request.get_full_path(), request.POST.urlencode() if request.method == "POST" else None
    download = getattr(asked, "download", False)
    back = _page_before(request) if posted is not None or download else here
    target = here if posted is None else f"{back}#{uuid4().hex[:8]}"
    what = getattr(asked, "what", "") or PACKAGES.get(_package(request), "")
    state = {
        "path": here, "post": posted if posted is None or len(posted) <= MOST_KEPT else None, "back": back,
        "target": target, "download": download, "what": str(what), "at": time.time(),
    }  # fmt: skip
    if posted is not None and state["post"] is None:
        state["path"] = back
    request.session[STATE_SESSION_KEY] = {"state": state, "callback": RESUME}
    return HttpResponseRedirect(f"{methods[0]['url']}?{urlencode({'next': target})}")


def waiting(request: HttpRequest) -> dict[str, Any]:
    """Return what waits in this session for the proof that this page asks for; empty where it is something else."""
    kept = request.session.get(STATE_SESSION_KEY)
    state = kept.get("state") if isinstance(kept, dict) else None
    return state if isinstance(state, dict) and state.get("target") == _target(request) else {}


def resume(request: HttpRequest, state: dict[str, Any]) -> HttpResponse:
    """Do what waited, for allauth once the proof is there: a form is sent again as it was typed.

    Another page's proof, or one that comes too late, does nothing but lead back.
    """
    late = time.time() - state["at"] > settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    if late or state["target"] != _target(request):
        return HttpResponseRedirect(_safe(request, _target(request)))
    if state["download"]:
        return page(request, "loyalty/site/download.html", _offered(state))
    return HttpResponseRedirect(state["path"]) if state["post"] is None else _send_again(request, state)


def _offered(state: dict[str, Any]) -> dict[str, Any]:
    """Return what the page of a download says: where the file and the way back are, typed the fields of its form."""
    form = None if state["post"] is None else QueryDict(state["post"])
    typed = None if form is None else [field for field in form.items() if field[0] != "csrfmiddlewaretoken"]
    return {"url": state["path"], "back_url": state["back"], "typed": typed}


def _send_again(request: HttpRequest, state: dict[str, Any]) -> HttpResponse:
    """Answer as if the form had come now; the views look after who may do it, as ever."""
    address = urlsplit(state["path"])
    match = script_aware_resolve(address.path)
    form = cast(Any, request)
    form.path, form.path_info = address.path, "/" + address.path.removeprefix(get_script_prefix())
    form.META = {**request.META, "QUERY_STRING": address.query, "PATH_INFO": form.path_info}
    form.GET, form.POST, form._files = QueryDict(address.query), QueryDict(state["post"]), MultiValueDict()
    form.resolver_match = match
    return cast(HttpResponse, match.func(request, *match.args, **match.kwargs))


def _package(request: HttpRequest) -> str:
    name = request.resolver_match.url_name if request.resolver_match else None
    return (name or "").partition("_")[0]


def _target(request: HttpRequest) -> str:
    return request.POST.get("next") or request.GET.get("next") or ""


def _page_before(request: HttpRequest) -> str:
    """Return the path of our page that the request came from, or of the start page."""
    came_from = request.headers.get("Referer", "")
    try:
        ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()})
        address = urlsplit(came_from)
    except ValueError:
        ours = False
    if not ours:
        return reverse("loyalty:start")
    return _safe(request, address.path + (f"?{address.query}" if address.query else ""))


def _safe(request: HttpRequest, target: str) -> str:
    return target if get_adapter(request).is_safe_url(target) else reverse("loyalty:start")
