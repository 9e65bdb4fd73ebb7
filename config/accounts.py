"""What log-ins do differently here than in django-allauth."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.utils import build_absolute_uri
from django.urls import reverse


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """The adapter that the log-in pages ask."""

    def is_safe_url(self, url: str) -> bool:
        """Return whether somebody may be sent on to an address of this site; one that cannot be parsed is none."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def send_account_already_exists_mail(self, email: str) -> None:
        """Tell who signs up a second time to log in; django-allauth's letter leads to the pages of passwords."""
        login_url = build_absolute_uri(context.request, reverse("account_login"))
        self.send_mail("account/email/account_already_exists", email, {"login_url": login_url})
