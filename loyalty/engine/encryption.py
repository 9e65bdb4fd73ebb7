"""Text that lies encrypted in the database: AES-256-GCM, under a key that is derived from the installation's secret.

What is encrypted begins with a mark that names the method, so that a later one can stand beside it.
"""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MARK = "aesgcm1:"
NONCE_BYTES = 12


class Unreadable(Exception):
    """No secret that is known decrypts a text, or somebody changed it."""


def encrypt(text: str, *, secret: str, purpose: str) -> str:
    """Return a text encrypted under a secret; purpose gives each use a key of its own."""
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(_key(secret, purpose)).encrypt(nonce, text.encode(), MARK.encode())
    return MARK + urlsafe_b64encode(nonce + sealed).decode()


def decrypt(text: str, *, secrets: Sequence[str], purpose: str) -> str:
    """Return what was encrypted under one of the secrets, tried in order. Raises Unreadable, also for clear text."""
    if not is_encrypted(text):
        raise Unreadable
    for secret in secrets:
        try:
            raw = urlsafe_b64decode(text.removeprefix(MARK))
            return AESGCM(_key(secret, purpose)).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], MARK.encode()).decode()
        except (InvalidTag, ValueError):
            continue
    raise Unreadable


def is_encrypted(text: str) -> bool:
    """Return whether a text says of itself that it is encrypted."""
    return text.startswith(MARK)


@lru_cache(maxsize=16)
def _key(secret: str, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"regulars:{purpose}".encode()).derive(secret.encode())
