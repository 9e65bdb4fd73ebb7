"""Changes of log-ins' addresses, and the links that undo them: nobody can make up one, and each works once."""

from datetime import datetime, timedelta
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.http import Http404

from loyalty.models import AddressChange, User

SALT = "loyalty.address_change"
PER_DAY = 5


def token(change: AddressChange) -> str:
    """Return what proves that a link was made for a change."""
    return Signer(salt=SALT).sign(str(change.public_id))


def change_with(text: str) -> AddressChange:
    """Return the change that a link was made for, or raise Http404. One query."""
    try:
        public_id = UUID(Signer(salt=SALT).unsign(text))
    except (BadSignature, ValueError):
        raise Http404 from None
    found = AddressChange.objects.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def may_ask(user: User, at: datetime) -> bool:
    """Return whether a log-in has asked for fewer changes than it may in a day. One query."""
    return AddressChange.objects.filter(user=user, asked_at__gt=at - timedelta(days=1)).count() < PER_DAY
