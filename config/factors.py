"""How second factors are kept, in place of django-allauth's own way: their secrets are encrypted."""

import logging

from allauth.mfa.adapter import DefaultMFAAdapter
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from loyalty import factor_secrets
from loyalty.engine.encryption import Unreadable

log = logging.getLogger(__name__)


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The adapter that the pages of second factors ask."""

    def encrypt(self, text: str) -> str:
        """Encrypt a seed under the secret key."""
        return factor_secrets.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt a seed. Raises ValidationError: the form refuses the code, where no key fits."""
        try:
            return factor_secrets.decrypt(encrypted_text)
        except Unreadable:
            log.error("A second factor cannot be decrypted: is the earlier SECRET_KEY in SECRET_KEY_FALLBACKS?")  # noqa: TRY400
            raise ValidationError(
                _("This cannot be checked right now. Use a passkey, or ask the site administrator."), code="unreadable"
            ) from None
