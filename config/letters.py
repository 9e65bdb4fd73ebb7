"""What people are written about their log-in: our own words for each mail that django-allauth has a reason to send."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from loyalty.domain.outbox import Letter
from loyalty.letters import written

type Words = str | Promise

PASSKEYS, SIGN_IN, SIGN_UP = "mfa_index", "account_login", "account_signup"


@dataclass(frozen=True, slots=True)
class Code:
    """A mail with a code: its subject, and what the code is for."""

    subject: Words
    lead: Words


@dataclass(frozen=True, slots=True)
class Answer:
    """What is written instead of a code to an address for which a code was asked and none can be given."""

    subject: Words
    news: Words
    button: Words
    page: str


@dataclass(frozen=True, slots=True)
class Change:
    """News of a change of an account, and the page on which to look after it."""

    subject: Words
    news: Words
    page: str = PASSKEYS


CODES: Mapping[str, Code] = {
    "account/email/login_code": Code(
        lazy("%(code)s is your code to sign in to Regulars"), lazy("Your code to sign in to Regulars:")
    ),
    "account/email/email_confirmation": Code(
        lazy("%(code)s is your code for Regulars"), lazy("Your code to confirm your email address for Regulars:")
    ),
    "account/email/email_confirmation_signup": Code(
        lazy("%(code)s is your code for Regulars"), lazy("Welcome! Your code to create your account on Regulars:")
    ),
}
ANSWERS: Mapping[str, Answer] = {
    "account/email/unknown_account": Answer(
        lazy("No account on Regulars yet"),
        lazy(
            "You asked for a code to sign in to Regulars with %(email)s. There is no account with this address. "
            "Sign in with another address, or create an account."
        ),
        lazy("Create an account"),
        SIGN_UP,
    ),
    "account/email/account_already_exists": Answer(
        lazy("You already have an account on Regulars"),
        lazy("You wanted to create an account on Regulars with %(email)s. You already have one: sign in with a code."),
        lazy("Sign in"),
        SIGN_IN,
    ),
}
CHANGES: Mapping[str, Change] = {
    "account/email/email_deleted": Change(
        lazy("An email address was removed from your Regulars account"),
        lazy("%(deleted_email)s no longer belongs to your account."),
    ),
    "mfa/email/totp_activated": Change(
        lazy("Authenticator app added to your Regulars account"),
        lazy("Signing in now also takes a code from an authenticator app."),
    ),
    "mfa/email/totp_deactivated": Change(
        lazy("Authenticator app removed from your Regulars account"),
        lazy("Signing in no longer takes a code from an authenticator app."),
    ),
    "mfa/email/webauthn_added": Change(
        lazy("Passkey added to your Regulars account"), lazy("You can now sign in with a new passkey or security key.")
    ),
    "mfa/email/webauthn_removed": Change(
        lazy("Passkey removed from your Regulars account"),
        lazy("A passkey or security key can no longer be used to sign in."),
    ),
    "mfa/email/recovery_codes_generated": Change(
        lazy("New recovery codes for your Regulars account"),
        lazy("New recovery codes were made. The old ones no longer work."),
    ),
}
AWAITED = frozenset((*CODES, *ANSWERS))
"""The mails that somebody waits for on a page with a code field."""


def account_mail(prefix: str, context: Mapping[str, Any]) -> Letter | None:
    """Write the mail that allauth names so, in the language of the request; None where there are no words for it."""
    if prefix in CODES:
        code = CODES[prefix]
        return written("account/mail/code", code.subject % context, {"lead": code.lead, "code": context["code"]})
    if prefix in ANSWERS:
        answer = ANSWERS[prefix]
        values = {"news": answer.news % context, "button": answer.button, "url": _page(answer.page)}
        return written("account/mail/answer", str(answer.subject), values)
    if prefix in CHANGES:
        change = CHANGES[prefix]
        values = {**context, "news": change.news % context, "url": _page(change.page)}
        return written("account/mail/change", str(change.subject), values)
    return None


def _page(name: str) -> str:
    return f"{settings.BASE_URL}{reverse(name)}"
