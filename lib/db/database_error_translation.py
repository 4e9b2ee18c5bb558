"""Errors of Postgres and PostgREST, translated to Zen's own by their code."""

import json
import logging
from typing import Any

from postgrest.exceptions import APIError

from lib.errors import (
    Conflict,
    InvalidInput,
    NeedsConfirmation,
    NotFound,
    NotPermitted,
    SignedOut,
    TooManyAttempts,
    Unavailable,
    ZenError,
)

log = logging.getLogger(__name__)

UNREACHABLE = "Zen cannot reach its database right now."
TRY_AGAIN = "Nothing you typed is lost; try again in a moment."
SESSION_ENDED = "Your session has ended. Please sign in again."

# Our SQL functions raise PTnnn with a message written for people. The messages of other codes stay in the log.
OWN_CODES: dict[str, type[ZenError]] = {
    "PT400": InvalidInput,
    "PT401": SignedOut,
    "PT403": NotPermitted,
    "PT404": NotFound,
    "PT409": Conflict,
    "PT428": NeedsConfirmation,
}
UNSTORABLE = "The text holds a character that cannot be stored. Remove it, then try again."
OTHER_CODES: dict[str, tuple[type[ZenError], str]] = {
    "42501": (NotPermitted, "You don't have permission to do that."),
    "23505": (Conflict, "That already exists."),
    "23503": (Conflict, "Something this depends on no longer exists."),
    "23514": (InvalidInput, "A value is out of range."),
    "22P02": (NotFound, "That does not exist, or you don't have access to it."),
    "22P05": (InvalidInput, UNSTORABLE),
    "22021": (InvalidInput, UNSTORABLE),
    "57014": (Unavailable, "The database took too long to answer."),
    "PT429": (TooManyAttempts, "Too many requests at once. Try again in a moment."),
    "PGRST301": (SignedOut, SESSION_ENDED),
    "PGRST303": (SignedOut, SESSION_ENDED),
}
# A table or function that is not there: of Postgres, then of PostgREST's reading of the schema.
MISSING_SCHEMA_CODES = frozenset({"42P01", "42883", "3F000", "PGRST106", "PGRST202", "PGRST205"})

# Values no column takes (22: NUL, a number too large, malformed text) and statements too large to run (54, HTTP 413).
REFUSED_VALUE_CODES = ("22", "54", "413")


def translate_api_error(error: APIError) -> ZenError:
    """The ZenError for an APIError. `detail` is the parsed JSON that our own SQL function gave, or its text."""
    code, message = str(error.code or ""), error.message or ""
    if code in OWN_CODES:
        return OWN_CODES[code](message or "That did not work.", detail=_parse_detail(error.details), hint=error.hint)
    if code in OTHER_CODES:
        kind, sentence = OTHER_CODES[code]
        log.info("refused by the database: %s %s", code, message)
        return kind(sentence)
    if code.startswith(REFUSED_VALUE_CODES):
        log.info("refused by the database: %s %s", code, message)
        return InvalidInput("A value is too large, or holds a character that cannot be stored.")
    if code in MISSING_SCHEMA_CODES:
        log.error("migrations are missing: %s %s", code, message)
        return Unavailable(
            "The database does not have all tables and functions of this version of Zen.",
            hint="Its operator applies the migrations: docs/deploy.md.",
        )
    if "JWT" in message or code == "401":
        return SignedOut(SESSION_ENDED)
    log.error("database error %s: %s", code, message)
    return Unavailable(UNREACHABLE, hint=TRY_AGAIN)


def _parse_detail(details: Any) -> Any:
    if not isinstance(details, str):
        return details
    try:
        return json.loads(details)
    except ValueError:
        return details
