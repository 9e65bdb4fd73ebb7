"""The back office: Django's admin behind a second factor, with a log of who looked at personal data."""

import shutil
from collections.abc import Callable
from functools import update_wrapper
from typing import Any, cast

from allauth.mfa.utils import is_mfa_enabled
from django import get_version
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from loyalty import step_up
from loyalty.domain import jobs
from loyalty.domain.actors import Actor
from loyalty.jobs import PROOF
from loyalty.models import Channel, User
from loyalty.queries import system
from loyalty.schedule import HEAVY
from loyalty.tasks import run_job
from members.domain.view_log import log_view
from members.models import Member


class BackOffice(AdminSite):
    """The admin site of the platform's staff."""

    site_header = site_title = _("Regulars back office")
    index_title = _("All businesses")

    def has_permission(self, request: HttpRequest) -> bool:
        """Let in active platform staff who have shown their second factor within the last fifteen minutes."""
        return super().has_permission(request) and step_up.factor_is_fresh(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send everybody to what they lack: a log-in, a second factor, or showing it."""
        target = request.GET.get("next") or reverse("admin:index")
        if not request.user.is_authenticated:
            return redirect_to_login(target)
        if not super().has_permission(request):
            raise PermissionDenied
        if not is_mfa_enabled(request.user):
            messages.warning(request, _("Add an authenticator app or a passkey: the back office needs it."))
            return redirect("mfa_index")
        if not step_up.factor_is_fresh(request):
            return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': target})}")
        return redirect("admin:index")

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """Return Django's pages and ours, without those of passwords: there are none."""
        return [
            path("system/", self.admin_view(self.system_page), name="system"),
            path("system/prove/", self.admin_view(require_POST(self.prove_books)), name="prove"),
            *(page for page in super().get_urls() if "password" not in (getattr(page, "name", None) or "")),
        ]

    def prove_books(self, request: HttpRequest) -> HttpResponse:
        """Let the worker prove the books now; the system page shows what comes of it."""
        by = Actor(channel=Channel.ADMIN, user=cast(User, request.user))
        jobs.run_by_name(name=PROOF, by=by, at=timezone.now())
        run_job.using(queue_name=HEAVY).enqueue(PROOF)
        messages.success(request, _("The worker is proving the books. Load this page again in a while."))
        return redirect("admin:system")

    def system_page(self, request: HttpRequest) -> HttpResponse:
        """Show what runs in the background, what waits, what failed, and whether the books are proven."""
        usage = shutil.disk_usage(settings.DATA_DIR)
        context = {
            **self.each_context(request),
            "title": _("System"),
            "system": system.overview(timezone.now()),
            "disk_percent": round(100 * usage.used / usage.total),
            "disk_free_gib": usage.free // 2**30,
            "django_version": get_version(),
            "mode": settings.MODE,
        }
        return TemplateResponse(request, "admin/system.html", context)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Guard a page of the admin, and note that it showed personal data where it did.

        A form that comes when the second factor was shown too long ago waits until it is shown again.
        """
        guarded: Callable[..., HttpResponse] = super().admin_view(view, cacheable)

        def noted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if view != self.logout and self._only_lacks_proof(request):
                raise step_up.ProofNeeded(_("The back office"))
            response = guarded(request, *args, **kwargs)
            if request.method == "GET" and response.status_code == 200 and self.has_permission(request):
                self._note(request, response)
            return response

        return update_wrapper(noted, view)

    def _only_lacks_proof(self, request: HttpRequest) -> bool:
        lacks = super().has_permission(request) and not step_up.factor_is_fresh(request)
        return lacks and is_mfa_enabled(request.user)

    def _note(self, request: HttpRequest, response: HttpResponse) -> None:
        match = request.resolver_match
        admin = next((a for m, a in self._registry.items() if _is_of(match, m)), None)
        if admin is None or not getattr(admin, "shows_personal_data", False):
            return
        shown = getattr(response, "context_data", None) or {}
        rows = len(shown["cl"].result_list) if "cl" in shown else 1
        original = shown.get("original")
        member = original if isinstance(original, Member) else getattr(original, "member", None)
        log_view(
            member=member if isinstance(member, Member) else None,
            user=cast(User, request.user),
            business=getattr(original, "business", None),
            page=match.view_name if match else "",
            rows=rows,
            at=timezone.now(),
        )


def _is_of(match: Any, model: Any) -> bool:
    prefix = f"{model._meta.app_label}_{model._meta.model_name}_"
    return bool(match and match.url_name and match.url_name.startswith(prefix))
