"""The log-in that goes with a proven e-mail address."""

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from loyalty.models import User


@transaction.atomic
def login_for(*, email: str, name: str = "", language: str = "") -> User:
    """Return the log-in of an address that was just proven, with the address confirmed, making it if there is none.

    An address that somebody merely added to another log-in, without proving it, does not count.
    """
    proven = User.objects.filter(emailaddress__email=email, emailaddress__verified=True).first()
    if proven:
        return proven
    user = User.objects.filter(email=email).first() or _new_user(email, name, language)
    address, _made = EmailAddress.objects.get_or_create(user=user, email=email)
    address.verified = True
    address.primary = not EmailAddress.objects.filter(user=user, primary=True).exclude(pk=address.pk).exists()
    address.save(update_fields=["verified", "primary"])
    return user


def _new_user(email: str, name: str, language: str) -> User:
    try:
        with transaction.atomic():
            return User.objects.create_user(email, name=name, language=language)
    except IntegrityError:
        # The same person was here at the same moment, in another window.
        return User.objects.get(email=email)
