"""The mail that asks a member to confirm what was noted for them (double opt-in). It advertises nothing."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from loyalty.domain import outbox
from loyalty.domain.outbox import Letter
from members.engine.consent import confirms
from members.models import ConsentChannel, ConsentEvent, ConsentEventKind, Member
from members.queries.links import CONFIRM_WITHIN, confirmation_url


def ask_to_confirm(*, member: Member, events: Iterable[ConsentEvent], at: datetime) -> None:
    """Queue one mail for the consents among these events that a click in a mail can confirm; none without any.

    Part of the transaction that wrote the events.
    """
    by_mail = [event for event in events if confirms(ConsentChannel.EMAIL, event.channel)]
    given = [event for event in by_mail if event.kind == ConsentEventKind.GIVEN]
    if not given or not member.email:
        return
    with translation.override(member.language or member.business.language):
        letter = Letter(subject=_("Please confirm: %s") % member.business.name, body=_body(member, given))
    outbox.queue_code(
        business=member.business,
        recipient=member.email,
        letter=letter,
        purpose="consent.confirm",
        expires_at=at + CONFIRM_WITHIN,
        at=at,
    )


def _body(member: Member, given: Iterable[ConsentEvent]) -> str:
    return "\n\n".join(
        [
            _("At %s this was noted for you:") % member.business.name,
            "\n".join(f"- {event.wording}" for event in given),
            _("If that is right, please confirm it here within seven days:"),
            confirmation_url(member, ConsentChannel.EMAIL),
            _("If not, do nothing: without your confirmation it does not count, and you keep your points either way."),
        ]
    )
