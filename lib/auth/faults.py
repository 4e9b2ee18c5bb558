"""The door for errors of Supabase's auth service: its codes in, our sentences out. Its own text stays in the log."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from pydantic import ValidationError
from supabase import AuthError

from lib.errors import Conflict, InvalidInput, NotPermitted, SignedOut, Unavailable, ZenError

log = logging.getLogger(__name__)

ENDED = "Your session has ended."
SIGN_IN_AGAIN = "Please sign in again; what you saved is safe."
UNREACHABLE = "Zen cannot reach its sign-in service right now."

Sentence = tuple[type[ZenError], str, str | None]

TOO_OFTEN: Sentence = (Unavailable, "That was tried too often.", "Wait a minute, then try again.")
SESSION_OVER: Sentence = (SignedOut, ENDED, SIGN_IN_AGAIN)
BAD_ADDRESS: Sentence = (InvalidInput, "This is not an e-mail address that can be used.", None)
TAKEN: Sentence = (Conflict, "This address already has a password.", "Sign in with it, or reset it.")
CLOSED: Sentence = (NotPermitted, "Joining is switched off on this server.", "Ask whoever runs Zen at your company.")

SENTENCES: dict[str, Sentence] = {
    "invalid_credentials": (NotPermitted, "This e-mail address and password do not match.", None),
    "email_not_confirmed": (
        NotPermitted,
        "This e-mail address is not confirmed yet.",
        "Open the link in the mail you were sent, then sign in.",
    ),
    "user_banned": (NotPermitted, "This account is closed.", "Ask an admin of your company."),
    "over_request_rate_limit": TOO_OFTEN,
    "over_email_send_rate_limit": TOO_OFTEN,
    "user_already_exists": TAKEN,
    "email_exists": TAKEN,
    "signup_disabled": CLOSED,
    "email_provider_disabled": CLOSED,
    "email_address_invalid": BAD_ADDRESS,
    "email_address_not_authorized": BAD_ADDRESS,
    "validation_failed": BAD_ADDRESS,
    "weak_password": (
        InvalidInput,
        "This password is too easy to guess.",
        "Use more characters, and not only letters.",
    ),
    "same_password": (InvalidInput, "This is the password you already have.", "Sign in with it, or choose another."),
    "otp_expired": (InvalidInput, "This code is wrong, used or expired.", "Check it, or ask for a new one."),
    "refresh_token_not_found": SESSION_OVER,
    "refresh_token_already_used": SESSION_OVER,
    "session_expired": SESSION_OVER,
    "session_not_found": SESSION_OVER,
    "user_not_found": SESSION_OVER,
    "bad_jwt": SESSION_OVER,
    "no_authorization": SESSION_OVER,
}


def translate(error: AuthError) -> ZenError:
    """Our error for Supabase's: by code, else by status."""
    code, status = str(error.code or ""), int(getattr(error, "status", 0) or 0)
    if code in SENTENCES:
        kind, message, hint = SENTENCES[code]
        log.info("sign-in service refused: %s", code)
        return kind(message, hint=hint)
    if status == 429:
        kind, message, hint = TOO_OFTEN
        return kind(message, hint=hint)
    log.warning("sign-in service failed: %s %s %s", status, code, error.message)
    return Unavailable(UNREACHABLE, hint="Try again in a moment.")


@contextmanager
def translated() -> Iterator[None]:
    """Calls to the auth service stand inside this: only our own errors come out."""
    try:
        yield
    except AuthError as error:
        raise translate(error) from error
    except (httpx.TransportError, ValidationError) as error:
        log.warning("sign-in service unreachable or not understood: %s", type(error).__name__)
        raise Unavailable(UNREACHABLE, hint="Try again in a moment.") from error
