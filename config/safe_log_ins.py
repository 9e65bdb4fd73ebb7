"""What log-ins do for their own safety here, beyond django-allauth: fresh proofs, and telling of new devices."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from loyalty import known_devices, step_up
from loyalty.models import User


class SafeLogIns(DefaultAccountAdapter):  # type: ignore[misc]
    """The part of the adapter that guards log-ins."""

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask for a fresh proof, also of a log-in that has only its mail, which allauth would wave through.

        Raises ProofNeeded in place of returning True: allauth asks for itself only whether there is a way to prove it.
        """
        if not step_up.is_fresh(context.request):
            raise step_up.ProofNeeded
        return False

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Return the ways to prove a log-in: its second factors, a passkey first; without one, a code by mail."""
        found = super().get_reauthentication_methods(user)
        if user.is_authenticated and not found:
            code = {"id": "code", "description": _("Send me a code"), "url": reverse("loyalty:fresh-code")}
            return [code]
        return sorted(found, key=lambda way: way["id"] != "mfa_reauthenticate:webauthn")

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign somebody in, and tell them when the device is new to them; the first log-in ever is no news."""
        is_first = user.last_login is None
        super().login(request, user)
        if not is_first and not known_devices.is_known(request, user):
            known_devices.tell(request, user)

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        """Let the device remember who signed in on it."""
        response: HttpResponse = super().post_login(request, user, **options)
        known_devices.remember(request, response, user)
        return response

    def send_notification_mail(self, template_prefix: str, *args: Any, **options: Any) -> None:
        """Write what allauth wants to; of a changed address our own letter tells, with the way back."""
        if template_prefix != "account/email/email_changed":
            super().send_notification_mail(template_prefix, *args, **options)
