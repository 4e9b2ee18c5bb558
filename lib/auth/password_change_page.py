from anyio.to_thread import run_sync
from starlette.responses import RedirectResponse, Response

from lib.app_context import get_app_context
from lib.auth.attempt_limits import AttemptKind, refund_attempts
from lib.auth.auth_urls import INVITATIONS
from lib.auth.form_requests import (
    FormFields,
    choose_http_status_of_error,
    count_attempt,
    create_browser_session_and_redirect,
)
from lib.auth.html_pages import render_template_page
from lib.auth.model import Person
from lib.auth.service import change_password
from lib.auth.signed_in_requests import SignedInRequest
from lib.errors import SignedOut, ZenError

CHANGED = "/auth/password?changed=yes"
NOTICE = "Your password is changed. You are signed out in every other browser."


async def show_password_page(request: SignedInRequest, fields: FormFields) -> Response:
    if request.person is None:
        return RedirectResponse(INVITATIONS, status_code=303)
    is_changed = request.http.query_params.get("changed") == "yes"
    return _render_password_page(request.person, notice=NOTICE if is_changed else None)


async def submit_password_change(request: SignedInRequest, fields: FormFields) -> Response:
    """A wrong current password counts as an attempt to sign in."""
    person, context = request.person, get_app_context()
    if person is None:
        return RedirectResponse(INVITATIONS, status_code=303)
    current, password = fields.get("current", ""), fields.get("password", "")
    try:
        attempt = await count_attempt(request.http, AttemptKind.SIGN_IN, person.email)
        issued = await run_sync(
            lambda: change_password(context, email=person.email, current=current, password=password)
        )
        await run_sync(refund_attempts, context, attempt)
        return await create_browser_session_and_redirect(request.http, issued, CHANGED, email=person.email, only=True)
    except SignedOut:
        raise
    except ZenError as error:
        return _render_password_page(person, error=error)


def _render_password_page(person: Person, *, error: ZenError | None = None, notice: str | None = None) -> Response:
    status = choose_http_status_of_error(error)
    return render_template_page(
        "password.html", status=status, email=person.email, theme=person.theme, error=error, notice=notice
    )
