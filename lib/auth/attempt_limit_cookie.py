"""A cookie by which a browser is known again: a random id, and a proof of the address that signed in with it last.

It opens nothing. It keeps apart, when attempts are counted, the browser somebody always uses from everybody else's.
"""

import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from starlette.responses import Response

PURPOSE = b"zen known browser"
LIFETIME = timedelta(days=365)
NAMES = {True: "__Host-zen_browser", False: "zen_browser"}
COOKIE_SHAPE = re.compile(r"(?P<id>[A-Za-z0-9_-]{22})(?:\.(?P<proof>[0-9a-f]{64}))?")


@dataclass(frozen=True, kw_only=True)
class KnownBrowser:
    id: str
    proof: str | None = None

    def has_signed_in_with(self, address: str, *, secret: str) -> bool:
        """True if this browser signed in with the address."""
        return self.proof is not None and hmac.compare_digest(
            self.proof, _compute_address_proof(secret, self.id, address)
        )

    def with_address(self, address: str, *, secret: str) -> "KnownBrowser":
        """The same browser, known to the address."""
        return KnownBrowser(id=self.id, proof=_compute_address_proof(secret, self.id, address))


def create_known_browser() -> KnownBrowser:
    return KnownBrowser(id=secrets.token_urlsafe(16))


def read_known_browser(cookies: Mapping[str, str], *, secure: bool) -> KnownBrowser | None:
    found = COOKIE_SHAPE.fullmatch(cookies.get(NAMES[secure], ""))
    return KnownBrowser(id=found["id"], proof=found["proof"]) if found else None


def set_known_browser(response: Response, browser: KnownBrowser, *, secure: bool) -> None:
    response.set_cookie(
        NAMES[secure],
        f"{browser.id}.{browser.proof}" if browser.proof else browser.id,
        max_age=int(LIFETIME.total_seconds()),
        path="/auth" if not secure else "/",  # the name __Host- asks for /
        httponly=True,
        samesite="lax",
        secure=secure,
    )


def _compute_address_proof(secret: str, browser_id: str, address: str) -> str:
    key = hmac.digest(secret.encode(), PURPOSE, sha256)
    return hmac.digest(key, f"{browser_id} {address}".encode(), sha256).hex()
