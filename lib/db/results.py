"""From what Supabase answers to what Zen understands: rows as they came, or one of our errors.

Every call goes through `execute`. Only reads are tried again, once, and only when the connection failed: a write may
have happened before it did.
"""

import json
import logging
from typing import Any, Protocol

import httpx
from postgrest.exceptions import APIError

from lib.errors import (
    Conflict,
    InvalidInput,
    NeedsConfirmation,
    NotFound,
    NotPermitted,
    SignedOut,
    Unavailable,
    ZenError,
)

log = logging.getLogger(__name__)

UNAVAILABLE = "Zen cannot reach its database right now."
RETRY = "Nothing you typed is lost; try again in a moment."

# PTnnn codes are raised by our own functions, whose messages are written for people; the others carry vendor text.
OURS: dict[str, type[ZenError]] = {
    "PT400": InvalidInput,
    "PT403": NotPermitted,
    "PT404": NotFound,
    "PT409": Conflict,
    "PT428": NeedsConfirmation,
}
THEIRS: dict[str, tuple[type[ZenError], str]] = {
    "42501": (NotPermitted, "You are not allowed to do that."),
    "23505": (Conflict, "That already exists."),
    "23503": (Conflict, "Something this depends on no longer exists."),
    "23514": (InvalidInput, "A value is outside what is allowed."),
    "22P02": (NotFound, "That does not exist, or you may not see it."),
    "PGRST301": (SignedOut, "Your session has ended. Please sign in again."),
    "PGRST303": (SignedOut, "Your session has ended. Please sign in again."),
}


class Query(Protocol):
    """Anything of supabase-py that is ready to be sent."""

    def execute(self) -> Any: ...


def execute(query: Query, *, retry: bool = False) -> Any:
    """Send `query`; return its data. Raises one of our errors, never a vendor's. `retry` is for reads only."""
    try:
        return query.execute().data
    except httpx.TransportError as error:
        if retry:
            return execute(query)
        log.warning("Supabase unreachable: %s", error)
        raise Unavailable(UNAVAILABLE, hint=RETRY) from error
    except APIError as error:
        raise translate(error) from error


def read(query: Query) -> Any:
    """`execute` for a read: tried once more when the connection fails."""
    return execute(query, retry=True)


def changed(query: Query, *, otherwise: str) -> list[dict[str, Any]]:
    """`execute` for an update or delete. Under RLS a refused one touches no row and says nothing: that is an error."""
    rows: list[dict[str, Any]] = execute(query)
    if not rows:
        raise NotPermitted(otherwise)
    return rows


def translate(error: APIError) -> ZenError:
    """Our error for PostgREST's, by code; `detail` is parsed when our own function put JSON there."""
    code = str(error.code or "")
    if code in OURS:
        return OURS[code](error.message or "That did not work.", detail=_parsed(error.details), hint=error.hint)
    if code in THEIRS:
        kind, message = THEIRS[code]
        log.info("refused by the database: %s %s", code, error.message)
        return kind(message)
    if "JWT" in (error.message or "") or code == "401":
        return SignedOut("Your session has ended. Please sign in again.")
    log.error("database error %s: %s", code, error.message)
    return Unavailable(UNAVAILABLE, hint=RETRY)


def _parsed(details: Any) -> Any:
    if not isinstance(details, str):
        return details
    try:
        return json.loads(details)
    except ValueError:
        return details
