"""Encryption of the sessions stored in the database.

Each session has a key of its own, derived from the app's secret and from the browser's cookie. Neither stands in the
database, so that a copy of it opens no session.
"""

import base64
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PURPOSE = b"zen browser session 2"


def encrypt_session(text: str, *, secrets: Sequence[str], cookie: str) -> str:
    """Encrypt with the first of `secrets`."""
    return _create_session_cipher(secrets, cookie).encrypt(text.encode()).decode()


def decrypt_session(token: str, *, secrets: Sequence[str], cookie: str) -> str | None:
    """The text; None if no pair of secret and cookie made this token, or if it was changed."""
    try:
        return _create_session_cipher(secrets, cookie).decrypt(token.encode()).decode()
    except InvalidToken:
        return None


def _create_session_cipher(secrets: Sequence[str], cookie: str) -> MultiFernet:
    return MultiFernet([Fernet(_derive_session_key(secret, cookie)) for secret in secrets])


def _derive_session_key(secret: str, cookie: str) -> bytes:
    key = HKDF(algorithm=SHA256(), length=32, salt=secret.encode(), info=PURPOSE).derive(cookie.encode())
    return base64.urlsafe_b64encode(key)
