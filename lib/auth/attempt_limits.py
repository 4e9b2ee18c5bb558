"""Limits of attempts: to sign in, to have a code mailed, to enter one. Counted in the database, for all processes.

What is counted is named by a hash with the app's secret: the functions are open to anon, and nobody else can use up the
attempts of an address (docs/decisions/0025).
"""

import hmac
import logging
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network

from lib.app_context import AppContext
from lib.auth.attempt_limit_cookie import KnownBrowser
from lib.db.query_execution import execute_write
from lib.errors import TooManyAttempts, Unavailable
from lib.text.format import format_count

log = logging.getLogger(__name__)

PURPOSE = b"zen attempts"


class AttemptKind(StrEnum):
    SIGN_IN = "sign_in"
    CODE_REQUEST = "code_request"
    CODE_CHECK = "code_check"


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What is tried, and the hashes of what it counts for, by scope."""

    kind: AttemptKind
    keys: dict[str, str]


def build_attempt(
    kind: AttemptKind, *, secret: str, address: str, browser: KnownBrowser | None, client_ip: str | None
) -> Attempt:
    """An attempt at a normalized address. In a browser that signed in with it before, it has a count of its own."""
    is_device = browser is not None and browser.has_signed_in_with(address, secret=secret)
    counted = {
        "device" if is_device else "address": f"{address} {browser.id}" if is_device and browser else address,
        "browser": browser.id if browser else None,
        "network": find_client_network(client_ip),
    }
    return Attempt(
        kind=kind,
        keys={scope: _hash_attempt_subject(secret, scope, value) for scope, value in counted.items() if value},
    )


def find_client_network(client_ip: str | None) -> str | None:
    """The IPv4 address, or the /64 of an IPv6 one. None for loopback, which is a proxy or nobody else."""
    try:
        address = ip_address(client_ip or "")
    except ValueError:
        return None
    if address.is_loopback:
        return None
    return str(ip_network(f"{address}/64", strict=False)) if isinstance(address, IPv6Address) else str(address)


def count_attempt_or_raise(context: AppContext, attempt: Attempt) -> None:
    """Count an attempt. Raises TooManyAttempts, with the time to wait, and then counts nothing. One request."""
    values = {"p_kind": attempt.kind.value, "p_keys": attempt.keys}
    seconds = int(execute_write(context.create_client().rpc("take_attempt", values)))
    if seconds > 0:
        minutes = format_count(-(-seconds // 60), "minute")
        raise TooManyAttempts("Too many tries.", hint=f"Try again in {minutes}.")


def refund_attempts(context: AppContext, attempt: Attempt) -> None:
    """After an attempt that succeeded: give back what it and those before it took. One request."""
    values = {"p_kind": attempt.kind.value, "p_keys": attempt.keys}
    try:
        execute_write(context.create_client().rpc("return_attempt", values))
    except Unavailable:
        log.info("an attempt that succeeded stays counted")


def _hash_attempt_subject(secret: str, scope: str, value: str) -> str:
    key = hmac.digest(secret.encode(), PURPOSE, sha256)
    return hmac.digest(key, f"{scope} {value}".encode(), sha256).hex()
