from collections.abc import Callable, Sequence
from typing import Any

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lib.app_context import get_app_context
from lib.auth.attempt_limits import AttemptKind, refund_attempts
from lib.auth.auth_urls import HOME, INVITATIONS, sanitize_next_path
from lib.auth.browser_sessions import fetch_browser_session
from lib.auth.form_requests import (
    FormFields,
    choose_http_status_of_error,
    count_attempt,
    create_browser_session_and_redirect,
)
from lib.auth.html_pages import render_template_page
from lib.auth.model import ROLE_NAMES, DemoLogin
from lib.auth.service import sign_in
from lib.auth.session_cookies import clear_session_cookies, read_session_cookie
from lib.errors import SignedOut, Unavailable, ZenError
from lib.settings import Settings

SIGNED_OUT = {
    "everywhere": "You are signed out.",
    "here": "You are signed out in this browser, but Zen could not end your other sessions. "
    "Sign in and out again to end them.",
}

ListDemoLogins = Callable[[Settings], Sequence[DemoLogin]]


class SignInPage:
    """The sign-in page and its form. `list_demo_logins` names the people it offers to sign in with one click."""

    def __init__(self, list_demo_logins: ListDemoLogins) -> None:
        self.list_demo_logins = list_demo_logins

    async def show_sign_in_page(self, request: Request) -> Response:
        target = sanitize_next_path(request.query_params.get("next"))
        cookie = read_session_cookie(request.cookies)
        if cookie is None:
            return self._render_sign_in_page(next=target, notice=SIGNED_OUT.get(request.query_params.get("out", "")))
        try:
            opened = await run_sync(fetch_browser_session, get_app_context(), cookie)
        except SignedOut as error:
            response = self._render_sign_in_page(next=target, notice=error.message, hint=error.hint)
            clear_session_cookies(response, request.cookies)
            return response
        except Unavailable as error:
            return self._render_sign_in_page(next=target, error=error)
        if opened.person is None:
            return RedirectResponse(INVITATIONS, status_code=303)
        return RedirectResponse(target, status_code=303)

    async def submit_sign_in(self, request: Request, fields: FormFields) -> Response:
        target = sanitize_next_path(fields.get("next"))
        email, password = fields.get("email", ""), fields.get("password", "")
        if "demo" in fields:
            email = fields["demo"]
            password = next((login.password for login in self._list_demo_logins() if login.email == email), "")
        try:
            attempt = await count_attempt(request, AttemptKind.SIGN_IN, email)
            issued = await run_sync(lambda: sign_in(get_app_context(), email=email, password=password))
            await run_sync(refund_attempts, get_app_context(), attempt)
            return await create_browser_session_and_redirect(request, issued, target, email=email)
        except ZenError as error:
            return self._render_sign_in_page(next=target, email=email, error=error)

    def _list_demo_logins(self) -> Sequence[DemoLogin]:
        return self.list_demo_logins(get_app_context().settings)

    def _render_sign_in_page(
        self, *, next: str = HOME, email: str = "", error: ZenError | None = None, **values: Any
    ) -> Response:
        return render_template_page(
            "sign_in.html",
            status=choose_http_status_of_error(error),
            next=next,
            email=email,
            error=error,
            demo_logins=self._list_demo_logins(),
            role_names=ROLE_NAMES,
            **values,
        )
