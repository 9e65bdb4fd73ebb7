"""What follows when the new address of a log-in counts: whoever had the old one is told, and can undo it."""

from allauth.account.models import EmailAddress
from django.utils import timezone

from loyalty import log_in_letters as letters
from loyalty.domain import address_changes
from loyalty.domain.actors import Actor
from loyalty.models import Channel, User


def tell(
    sender: object, user: User, from_email_address: EmailAddress | None, to_email_address: EmailAddress, **more: object
) -> None:
    """Receiver of allauth's email_changed; the first address of a newcomer is no change."""
    if from_email_address and to_email_address.verified:
        address_changes.count(
            user=user,
            before=from_email_address.email,
            after=to_email_address.email,
            write=letters.address_changed,
            write_back=(letters.address_back, letters.address_undone),
            by=Actor(Channel.PORTAL, user),
            at=timezone.now(),
        )
