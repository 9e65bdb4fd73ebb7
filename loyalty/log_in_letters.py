"""What people are written about their own log-in. These letters advertise nothing and name no network address."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from loyalty.domain.outbox import Letter
from loyalty.letters import written
from loyalty.models import AddressChange, User
from loyalty.queries.address_changes import token
from loyalty.queries.people import Manner, manner_of


def fresh_code(user: User, code: str) -> Letter:
    """Write the mail with a code that proves a log-in afresh."""
    manner = manner_of(user)
    with translation.override(manner.language):
        return written(
            "loyalty/mail/fresh_code", _("%(code)s is your code for Regulars") % {"code": code}, {"code": code}
        )


def address_asked(change: AddressChange) -> Letter:
    """Write to the old address that another one was asked for, which does not count yet."""
    manner = manner_of(change.user)
    with translation.override(manner.language):
        lines = [
            _("Your Regulars account was asked to use another email address: %(address)s.")
            % {"address": _hidden(change.after)},
            _("It counts once the code that we sent there is typed. Was it you? Then do nothing."),
            _("If not, someone has your account open. Stop it: the address stays, and all devices are signed out."),
        ]
        return _note(_("Your email address is about to change"), lines, _undo_url(change))


def address_changed(change: AddressChange) -> Letter:
    """Write to the old address that the new one counts, and until when that can be undone."""
    manner = manner_of(change.user)
    with translation.override(manner.language):
        lines = [
            _("Your Regulars account now uses another email address: %(address)s.")
            % {"address": _hidden(change.after)},
            _("Was it you? Then do nothing."),
            _("If not, put this address back. You can do so until %(moment)s.")
            % {"moment": _moment(change.undo_until, manner)},
        ]
        return _note(_("Your email address was changed"), lines, _undo_url(change))


def address_back(change: AddressChange) -> Letter:
    """Write to the old address that it is the account's, and that all devices were signed out."""
    manner = manner_of(change.user)
    with translation.override(manner.language):
        lines = [
            _("Your Regulars account uses this email address, and all devices were signed out."),
            _("Second factors added since the change was asked for were removed."),
            _("Sign in, and look through your passkeys and devices: keep only what is yours."),
        ]
        url = settings.BASE_URL + reverse("mfa_index")
        return _note(_("Your email address is safe"), lines, url, button=_("See your security"))


def address_undone(change: AddressChange) -> Letter:
    """Write to the new address that it is not the account's any more."""
    manner = manner_of(change.user)
    with translation.override(manner.language):
        lines = [
            _("A Regulars account was to use this email address. Someone with the old one undid that."),
            _("This address does not open the account. If the account is yours, sign in with the old address."),
        ]
        return _note(_("The change to this email address was undone"), lines)


def new_device(user: User, browser: str, system: str, at: datetime) -> Letter:
    """Write that somebody signed in from a device that was not used before."""
    manner = manner_of(user)
    with translation.override(manner.language):
        device = ", ".join(name for name in (browser, system) if name) or _("an unknown browser")
        words = {"device": device, "moment": _moment(at, manner)}
        lines = [
            _("Your Regulars account was opened on a device that it was not used on before: %(device)s, %(moment)s.")
            % words,
            _("Was it you? Then do nothing."),
            _("If not, someone reads your mail or has your key. Sign out all other devices at once."),
        ]
        url = settings.BASE_URL + reverse("usersessions_list")
        return _note(_("New sign-in to your account"), lines, url, button=_("See your devices"))


def first_factor(user: User, of: User, at: datetime) -> Letter:
    """Write to one of the platform's staff that another one got the first factor, which opens the back office."""
    manner = manner_of(user)
    with translation.override(manner.language):
        words = {"who": of.email, "moment": _moment(at, manner)}
        lines = [
            _("%(who)s added a first second factor on %(moment)s and can open the back office with it.") % words,
            _("Does that surprise you? Ask them. If it was not them, close their account in the back office."),
        ]
        url = settings.BASE_URL + reverse("admin:loyalty_user_changelist")
        return _note(_("A colleague can open the back office"), lines, url, button=_("See the accounts"))


def _undo_url(change: AddressChange) -> str:
    return f"{settings.BASE_URL}{reverse('loyalty:address-undo', kwargs={'token': token(change)})}"


def _hidden(address: str) -> str:
    """Return an address with enough left to know one's own."""
    name, _at, host = address.partition("@")
    return f"{name[:1]}***@{host}"


def _moment(at: datetime, manner: Manner) -> str:
    words = str(date_format(timezone.localtime(at, manner.zone), "DATETIME_FORMAT", use_l10n=True))
    return f"{words} ({manner.zone.key})"


def _note(subject: str, lines: list[str], url: str = "", button: str = "") -> Letter:
    """Return a letter of some paragraphs and at most one link; by default that is "This was not me"."""
    button = button or _("This was not me")
    return written("loyalty/mail/log_in", subject, {"lines": lines, "url": url, "button": button})
