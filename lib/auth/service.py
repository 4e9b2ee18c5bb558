"""Sign in, sign in by a mailed code, set a password and refresh tokens through Supabase Auth.

Each function makes a client of its own, because supabase-py stores the last signed-in session on the client.
"""

import re
import time
from typing import Any, Literal

from supabase import AuthError

from lib.app_context import AppContext
from lib.auth.auth_error_translation import ERROR_MESSAGES, SESSION_ENDED, SIGN_IN_AGAIN, translate_auth_errors
from lib.auth.model import Session
from lib.auth.passwords import validate_password
from lib.db.client import Client
from lib.db.query_execution import execute_read, execute_write
from lib.errors import Conflict, InvalidInput, NotPermitted, SignedOut, Unavailable
from lib.text.email_addresses import normalize_email_address

NO_COMPANY = "You do not belong to a company yet."
JOIN_FIRST = (
    "If a company has invited you, choose Join below. Otherwise ask an admin of your company for an invitation."
)


def sign_in(context: AppContext, *, email: str, password: str) -> Session:
    """Sign in with a password. Raises NotPermitted for a wrong one, and for someone without a company."""
    if not password:  # which Supabase Auth answers as a malformed request
        raise InvalidInput("Enter your password.")
    with translate_auth_errors():
        answer = context.create_client().auth.sign_in_with_password(
            {"email": normalize_email(email), "password": password}
        )
    return require_company_membership(context, _parse_session(answer.session))


def refresh_session(context: AppContext, refresh_token: str) -> Session:
    """Exchange a refresh token, which works once. Raises SignedOut when it is refused, for whatever reason."""
    try:
        with translate_auth_errors():
            return _parse_session(context.create_client().auth.refresh_session(refresh_token).session)
    except (NotPermitted, InvalidInput, Conflict) as error:
        raise SignedOut(SESSION_ENDED, hint=SIGN_IN_AGAIN) from error


def revoke_sessions(context: AppContext, access_token: str) -> None:
    """Revoke all refresh tokens of a person. Does nothing if they are revoked already. Raises Unavailable."""
    try:
        with translate_auth_errors():
            context.create_client().auth.admin.sign_out(access_token, "global")
    except NotPermitted:
        return


def request_reset_code(context: AppContext, *, email: str) -> None:
    """Have Supabase mail a code to set a new password. Says nothing about whether the address is known."""
    with translate_auth_errors():
        context.create_client().auth.reset_password_for_email(normalize_email(email))


def request_join_code(context: AppContext, *, email: str) -> None:
    """Have Supabase mail a code to sign in with. An address it does not know gets a user without a company."""
    with translate_auth_errors():
        context.create_client().auth.sign_in_with_otp({"email": normalize_email(email)})


def reset_password(context: AppContext, *, email: str, code: str, password: str) -> Session:
    """Set a new password by a mailed code and sign in. Ends the person's other sessions."""
    session = _set_password_by_code(context, "recovery", email=email, code=code, password=password)
    return require_company_membership(context, session)


def change_password(context: AppContext, *, email: str, current: str, password: str) -> Session:
    """Set a new password by the current one and sign in anew. Ends the person's other sessions."""
    validate_password(password)
    if not current:
        raise InvalidInput("Enter your current password.")
    if password == current:
        _, message, hint = ERROR_MESSAGES["same_password"]
        raise InvalidInput(message, hint=hint)
    client = context.create_client()
    with translate_auth_errors():
        try:
            issued = client.auth.sign_in_with_password({"email": email, "password": current}).session
        except AuthError as error:
            if error.code == "invalid_credentials":
                raise InvalidInput("This is not your current password.") from error
            raise
        session = _parse_session(issued)
        try:
            _set_password(client, password, may_be_same=False)
        except AuthError:
            client.auth.admin.sign_out(session.access_token, "local")
            raise
    _end_other_sessions(context, session)
    return session


def prove_address(context: AppContext, *, email: str, code: str, password: str) -> Session:
    """Sign in with a code mailed for joining, and set a password. Ends the person's other sessions.

    The password replaces the one of whoever signed up with the address first: Supabase Auth keeps that one when the
    address is confirmed.
    """
    return _set_password_by_code(context, "email", email=email, code=code, password=password)


def _set_password_by_code(
    context: AppContext, code_type: Literal["recovery", "email"], *, email: str, code: str, password: str
) -> Session:
    validate_password(password)
    digits = re.sub(r"\s", "", code)
    if not digits:
        raise InvalidInput("Enter the code from the email.")
    client, address = context.create_client(), normalize_email(email)
    with translate_auth_errors():
        session = _verify_code(client, code_type, address=address, digits=digits)
        _set_password(client, password, may_be_same=code_type == "email")
    _end_other_sessions(context, session)
    return session


def _end_other_sessions(context: AppContext, session: Session) -> None:
    # Not Supabase's own sign-out of the others: it leaves tokens that are out alive for an hour.
    execute_write(context.create_client(access_token=session.access_token).rpc("end_other_sessions", {}))


def _verify_code(client: Client, code_type: Literal["recovery", "email"], *, address: str, digits: str) -> Session:
    try:
        return _parse_session(client.auth.verify_otp({"email": address, "token": digits, "type": code_type}).session)
    except AuthError as error:
        if error.code == "user_banned":  # Supabase Auth says so before it has compared the code
            _, message, hint = ERROR_MESSAGES["otp_expired"]
            raise InvalidInput(message, hint=hint) from error
        raise


def _set_password(client: Client, password: str, *, may_be_same: bool) -> None:
    try:
        client.auth.update_user({"password": password})
    except AuthError as error:
        if not (may_be_same and error.code == "same_password"):
            raise


def require_company_membership(context: AppContext, session: Session) -> Session:
    """`session` itself. Revokes it and raises NotPermitted if its owner belongs to no company."""
    if is_company_member(context.create_client(access_token=session.access_token)):
        return session
    revoke_sessions(context, session.access_token)
    raise NotPermitted(NO_COMPANY, hint=JOIN_FIRST)


def is_company_member(client: Client) -> bool:
    """True if the client's person belongs to a company. One request."""
    return bool(execute_read(client.table("profiles").select("id").limit(1)))


def normalize_email(text: str) -> str:
    """The one spelling of an address (`normalize_email_address`). Raises InvalidInput if there is none."""
    email = normalize_email_address(text)
    if email is None:
        raise InvalidInput("Enter a full email address, such as name@company.com.")
    return email


def _parse_session(issued: Any) -> Session:
    if issued is None:
        raise Unavailable("The sign-in service did not start a session.", hint="Try again in a moment.")
    return Session(
        access_token=issued.access_token,
        refresh_token=issued.refresh_token,
        expires_at=time.time() + issued.expires_in,
    )
