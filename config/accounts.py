"""What log-ins do differently here than in django-allauth."""

from datetime import timedelta
from typing import Any

from allauth.core import context as allauth_context
from allauth.utils import build_absolute_uri
from django.conf import settings
from django.contrib.sites.shortcuts import get_current_site
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from config.letters import AWAITED, account_mail
from config.safe_log_ins import SafeLogIns
from loyalty import codes_sent
from loyalty.domain import outbox
from loyalty.domain.outbox import Letter

GOOD_FOR = timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)


class AccountAdapter(SafeLogIns):
    """The adapter that the log-in pages ask."""

    def is_safe_url(self, url: str) -> bool:
        """Return whether somebody may be sent on to an address of this site; one that cannot be parsed is none."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def send_account_already_exists_mail(self, email: str) -> None:
        """Tell who signs up a second time to log in; django-allauth's letter leads to the pages of passwords."""
        login_url = build_absolute_uri(_request(), reverse("account_login"))
        self.send_mail("account/email/account_already_exists", email, {"login_url": login_url})

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue a mail in the outbox, so that no request waits for a mail server.

        Codes, and what is written instead of one, are all treated alike: nobody learns from the page, the order or the
        speed of the mails who has an account.
        """
        values = {**context, "email": email}
        letter = account_mail(template_prefix, values) or self._of_allauth(template_prefix, email, values)
        purpose = f"account.{template_prefix.rpartition('/')[2]}"[:40]
        at = timezone.now()
        if template_prefix in AWAITED:
            message = outbox.queue_code(
                business=None, recipient=email, letter=letter, purpose=purpose, expires_at=at + GOOD_FOR, at=at
            )
            codes_sent.remember(_request(), message.public_id)
        else:
            outbox.queue(business=None, recipient=email, letter=letter, purpose=purpose, at=at, is_secret=True)

    def _of_allauth(self, template_prefix: str, email: str, context: dict[str, Any]) -> Letter:
        """Return a mail for which there are no words of our own, in those of allauth."""
        mail: EmailMultiAlternatives = self.render_mail(
            template_prefix, email, {"request": _request(), "current_site": get_current_site(_request()), **context}
        )
        html = next((str(content) for content, _kind in mail.alternatives), "")
        return Letter(subject=str(mail.subject), body=str(mail.body), html=html)


def _request() -> HttpRequest:
    request: HttpRequest = allauth_context.request
    return request
