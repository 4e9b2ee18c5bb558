"""Errors of Supabase Auth, translated to Zen's own by their code. Supabase's own messages stay in the log."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from pydantic import ValidationError
from supabase import AuthError

from lib.errors import Conflict, InvalidInput, NotPermitted, SignedOut, TooManyAttempts, Unavailable, ZenError

log = logging.getLogger(__name__)

SESSION_ENDED = "Your session has ended."
SIGN_IN_AGAIN = "Sign in again. What you saved is safe."
UNREACHABLE = "Zen cannot reach its sign-in service right now."

ErrorMessage = tuple[type[ZenError], str, str | None]

RATE_LIMITED: ErrorMessage = (TooManyAttempts, "Too many tries.", "Wait a minute, then try again.")
# Also for an account that is closed: Supabase Auth says so before it has compared the password.
NO_MATCH: ErrorMessage = (NotPermitted, "This email address and password do not match.", None)
SESSION_OVER: ErrorMessage = (SignedOut, SESSION_ENDED, SIGN_IN_AGAIN)
INVALID_EMAIL: ErrorMessage = (InvalidInput, "This email address cannot be used.", None)
EMAIL_TAKEN: ErrorMessage = (Conflict, "This address already has a password.", "Sign in with it, or reset it.")
SIGN_UP_DISABLED: ErrorMessage = (
    NotPermitted,
    "Sign-up is turned off on this server.",
    "Ask your Zen administrator.",
)

ERROR_MESSAGES: dict[str, ErrorMessage] = {
    "invalid_credentials": NO_MATCH,
    "email_not_confirmed": (
        NotPermitted,
        "This email address is not confirmed yet.",
        "Choose Join below, and use the code in the email we sent you.",
    ),
    "user_banned": NO_MATCH,
    "over_request_rate_limit": RATE_LIMITED,
    "over_email_send_rate_limit": RATE_LIMITED,
    "user_already_exists": EMAIL_TAKEN,
    "email_exists": EMAIL_TAKEN,
    "signup_disabled": SIGN_UP_DISABLED,
    "email_provider_disabled": SIGN_UP_DISABLED,
    "email_address_invalid": INVALID_EMAIL,
    "email_address_not_authorized": INVALID_EMAIL,
    "validation_failed": INVALID_EMAIL,
    "weak_password": (
        InvalidInput,
        "This password is too easy to guess.",
        "Use more characters, not only letters.",
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


def translate_auth_error(error: AuthError) -> ZenError:
    """The ZenError for an AuthError."""
    code, status = str(error.code or ""), int(getattr(error, "status", 0) or 0)
    if code in ERROR_MESSAGES:
        kind, message, hint = ERROR_MESSAGES[code]
        log.info("sign-in service refused: %s", code)
        return kind(message, hint=hint)
    if status == 429:
        kind, message, hint = RATE_LIMITED
        return kind(message, hint=hint)
    log.warning("sign-in service failed: %s %s %s", status, code, error.message)
    return Unavailable(UNREACHABLE, hint="Try again in a moment.")


@contextmanager
def translate_auth_errors() -> Iterator[None]:
    """Around calls of Supabase Auth: raises errors of `lib.errors` only."""
    try:
        yield
    except AuthError as error:
        raise translate_auth_error(error) from error
    except (httpx.TransportError, ValidationError) as error:
        log.warning("sign-in service unreachable or not understood: %s", type(error).__name__)
        raise Unavailable(UNREACHABLE, hint="Try again in a moment.") from error
