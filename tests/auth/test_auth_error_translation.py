from typing import Any, cast

import httpx
import pytest
from supabase import AuthApiError, AuthError

from lib.auth.auth_error_translation import ERROR_MESSAGES, RATE_LIMITED, translate_auth_error, translate_auth_errors
from lib.errors import NotPermitted, SignedOut, Unavailable

VENDOR = "AuthApiError: something only its authors understand"


def api_error(code: str | None, status: int = 400) -> AuthError:
    return AuthApiError(VENDOR, status, cast(Any, code))


@pytest.mark.parametrize("code", [*ERROR_MESSAGES, "a_code_from_the_future", None])
def test_no_vendor_text_reaches_a_page(code: str | None) -> None:
    error = translate_auth_error(api_error(code))
    assert VENDOR not in str(error)
    assert error.message.endswith(".")
    assert error.hint is None or error.hint.endswith(".")


@pytest.mark.parametrize("code", ["over_request_rate_limit", "over_email_send_rate_limit", None])
def test_too_many_tries_are_told_as_such(code: str | None) -> None:
    error = translate_auth_error(api_error(code, 429))
    assert (error.message, error.hint) == RATE_LIMITED[1:]


def test_a_closed_account_is_told_like_a_wrong_password() -> None:
    """Supabase Auth says that an account is closed before it has compared the password."""
    closed, wrong = (translate_auth_error(api_error(code)) for code in ("user_banned", "invalid_credentials"))
    assert (type(closed), str(closed)) == (type(wrong), str(wrong))


def test_an_unconfirmed_address_is_told_where_to_look() -> None:
    error = translate_auth_error(api_error("email_not_confirmed"))
    assert isinstance(error, NotPermitted)
    assert "email we sent you" in str(error)


@pytest.mark.parametrize("code", ["refresh_token_already_used", "refresh_token_not_found", "session_expired"])
def test_a_refresh_token_that_works_no_more_is_signed_out(code: str) -> None:
    assert isinstance(translate_auth_error(api_error(code)), SignedOut)


def test_an_unknown_refusal_is_worth_another_try() -> None:
    assert isinstance(translate_auth_error(api_error("a_code_from_the_future", 500)), Unavailable)


def test_a_connection_that_fails_is_unavailable() -> None:
    with pytest.raises(Unavailable, match="cannot reach its sign-in service"), translate_auth_errors():
        raise httpx.ConnectError("[Errno 111] Connection refused")
