"""Bringing the secrets of second factors under another key of the installation."""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction

from loyalty import factor_secrets
from loyalty.domain import audit
from loyalty.domain.actors import Actor
from loyalty.engine.encryption import Unreadable


@dataclass(frozen=True, slots=True)
class Rekeyed:
    """changed: how many factors are under the new key now; unreadable: the ids of those that no known key decrypts."""

    changed: int
    unreadable: list[int]


@transaction.atomic
def rekey(*, by: Actor, at: datetime) -> Rekeyed:
    """Encrypt every secret that is clear or under an earlier key with the key of today. Safe to run again.

    Locks the factors. One that cannot be read stays as it is.
    """
    changed, unreadable = 0, []
    for factor in Authenticator.objects.select_for_update().exclude(type="webauthn").order_by("pk"):
        try:
            data = factor_secrets.changed(factor.data, factor_secrets.encrypted_anew)
        except Unreadable:
            unreadable.append(factor.pk)
            continue
        if data != factor.data:
            Authenticator.objects.filter(pk=factor.pk).update(data=data)
            changed += 1
    if changed:
        audit.record(verb="factors.rekeyed", by=by, at=at, business=None, changed=changed, unreadable=len(unreadable))
    return Rekeyed(changed, unreadable)


@transaction.atomic
def take_step(*, factor: Authenticator, step: int) -> bool:
    """Note that the code of a half-minute was used; False if it, or a later one, was used before. Locks the factor.

    An app's code is good for longer than it is shown, and must count once all that time (RFC 6238, 5.2).
    """
    row = Authenticator.objects.select_for_update().get(pk=factor.pk)
    if step <= row.data.get("last_step", 0):
        return False
    Authenticator.objects.filter(pk=row.pk).update(data={**row.data, "last_step": step})
    return True
