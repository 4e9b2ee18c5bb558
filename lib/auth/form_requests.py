"""What the handlers of sign-in forms share: reading a POST, counting attempts, the answer to an error, the way in."""

import time
from collections.abc import Awaitable, Callable
from functools import wraps

import anyio
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lib.app_context import get_app_context
from lib.auth.attempt_limit_cookie import KnownBrowser, create_known_browser, read_known_browser, set_known_browser
from lib.auth.attempt_limits import Attempt, AttemptKind, build_attempt, count_attempt_or_raise
from lib.auth.browser_sessions import create_browser_session, delete_browser_session, replace_browser_sessions
from lib.auth.html_pages import render_template_page
from lib.auth.model import Session
from lib.auth.request_origin import is_https_request, is_same_origin_request
from lib.auth.service import normalize_email
from lib.auth.session_cookies import read_session_cookie, set_session_cookie
from lib.auth.user_agent_names import describe_user_agent
from lib.errors import (
    Conflict,
    InvalidInput,
    NotFound,
    NotPermitted,
    SignedOut,
    TooManyAttempts,
    Unavailable,
    ZenError,
)
from lib.settings import RefusalSettings, parse_settings
from lib.text.truncate import strip_unstorable

MAX_FORM_BYTES = 16_384
STATUS_CODES = {
    SignedOut: 401,
    NotPermitted: 401,
    NotFound: 404,
    Conflict: 409,
    InvalidInput: 422,
    TooManyAttempts: 429,
    Unavailable: 503,
}

FormFields = dict[str, str]
Endpoint = Callable[[Request], Awaitable[Response]]
FormHandler = Callable[[Request, FormFields], Awaitable[Response]]


def build_form_endpoint(handler: FormHandler) -> Endpoint:
    """An endpoint that passes a form's fields to `handler`. Refuses forms of other sites."""
    refusal_step = parse_settings(RefusalSettings).step_seconds

    @wraps(handler)
    async def endpoint(request: Request) -> Response:
        if not is_same_origin_request(request.headers):
            return _render_refused_form_page(
                403, NotPermitted("This form was sent from another site.", hint="Open Zen and try again.")
            )
        if int(request.headers.get("content-length") or MAX_FORM_BYTES + 1) > MAX_FORM_BYTES:
            return _render_refused_form_page(413, InvalidInput("This form is too large."))
        async with request.form(max_files=0, max_fields=10) as form:
            fields = {name: strip_unstorable(value) for name, value in form.items() if isinstance(value, str)}
        started_at = time.monotonic()
        response = await handler(request, fields)
        if response.status_code >= 400:
            await anyio.sleep(refusal_step - (time.monotonic() - started_at) % refusal_step)
        _set_known_browser_cookie(request, response)
        return response

    return endpoint


async def count_attempt(request: Request, kind: AttemptKind, email: str) -> Attempt:
    """Count an attempt at an address. Raises InvalidInput for no address, TooManyAttempts when there were too many."""
    context = get_app_context()
    attempt = build_attempt(
        kind,
        secret=context.settings.session_secret,
        address=normalize_email(email),
        browser=_read_known_browser(request),
        client_ip=request.client.host if request.client else None,
    )
    await run_sync(count_attempt_or_raise, context, attempt)
    return attempt


def choose_http_status_of_error(error: ZenError | None) -> int:
    """The HTTP status of a page that shows `error`."""
    if error is None:
        return 200
    return next((status for kind, status in STATUS_CODES.items() if isinstance(error, kind)), 500)


async def create_browser_session_and_redirect(
    request: Request, issued: Session, target: str, *, email: str, only: bool = False
) -> Response:
    """Redirect to `target` with the cookie of a new browser session. `only` ends the person's other sessions."""
    create = replace_browser_sessions if only else create_browser_session
    browser = describe_user_agent(request.headers.get("user-agent", ""))
    cookie = await run_sync(lambda: create(get_app_context(), issued, browser=browser))
    previous = read_session_cookie(request.cookies)
    if previous:
        await run_sync(delete_browser_session, get_app_context(), previous)
    response = RedirectResponse(target, status_code=303, headers={"Cache-Control": "no-store"})
    set_session_cookie(response, cookie, secure=_is_secure_request(request))
    request.state.signed_in_as = normalize_email(email)
    return response


def _set_known_browser_cookie(request: Request, response: Response) -> None:
    """Give a browser the cookie by which it is known again, and after a sign-in with the address."""
    browser, address = _read_known_browser(request), getattr(request.state, "signed_in_as", None)
    if browser is not None and address is None:
        return
    marked = browser or create_known_browser()
    if address is not None:
        marked = marked.with_address(address, secret=get_app_context().settings.session_secret)
    set_known_browser(response, marked, secure=_is_secure_request(request))


def _read_known_browser(request: Request) -> KnownBrowser | None:
    return read_known_browser(request.cookies, secure=_is_secure_request(request))


def _is_secure_request(request: Request) -> bool:
    return is_https_request(request.headers, scheme=request.url.scheme)


def _render_refused_form_page(status: int, error: ZenError) -> Response:
    return render_template_page("refused.html", status=status, error=error)
