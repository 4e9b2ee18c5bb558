"""Sealing of stored sessions. Opening one takes the browser's cookie and the app's secret: neither the database nor
a copy of it can."""

import base64
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CONTEXT = b"zen browser session 1"
NONCE_BYTES = 12


def _cipher(secret: str, cookie: str) -> AESGCM:
    kdf = HKDF(algorithm=SHA256(), length=32, salt=secret.encode(), info=CONTEXT)
    return AESGCM(kdf.derive(cookie.encode()))


def seal(text: str, *, secret: str, cookie: str) -> str:
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = _cipher(secret, cookie).encrypt(nonce, text.encode(), CONTEXT)
    return base64.urlsafe_b64encode(nonce + sealed).decode()


def unseal(sealed: str, *, secret: str, cookie: str) -> str | None:
    """The text; None when the cookie or the secret is another one, or the text was changed."""
    try:
        raw = base64.urlsafe_b64decode(sealed)
        return _cipher(secret, cookie).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], CONTEXT).decode()
    except (ValueError, InvalidTag):
        return None
