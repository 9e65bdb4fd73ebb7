"""The secrets of second factors, the seeds of apps and of recovery codes, as they lie in the database: encrypted."""

from collections.abc import Callable
from typing import Any

from django.conf import settings

from loyalty.engine import encryption

PURPOSE = "second-factor"
KEPT = ("secret", "seed")
"""The names under which django-allauth keeps them in a factor's data; migrated_codes is a list of them."""


def encrypt(text: str) -> str:
    """Encrypt under the secret key."""
    return encryption.encrypt(text, secret=settings.SECRET_KEY, purpose=PURPOSE)


def decrypt(text: str) -> str:
    """Decrypt by the secret key or an earlier one. Raises encryption.Unreadable."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return encryption.decrypt(text, secrets=secrets, purpose=PURPOSE)


def changed(data: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    """Return the data of a factor with each of its secrets changed; what is none stays."""
    found = dict(data)
    for name in KEPT:
        if isinstance(found.get(name), str):
            found[name] = change(found[name])
    if isinstance(found.get("migrated_codes"), list):
        found["migrated_codes"] = [change(code) for code in found["migrated_codes"]]
    return found


def encrypted_anew(text: str) -> str:
    """Return a text, clear or encrypted, under the secret key; as it is where it is already. Raises Unreadable."""
    if not encryption.is_encrypted(text):
        return encrypt(text)
    try:
        encryption.decrypt(text, secrets=[settings.SECRET_KEY], purpose=PURPOSE)
    except encryption.Unreadable:
        return encrypt(decrypt(text))
    return text
