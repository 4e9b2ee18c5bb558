"""What the handlers of sign-in forms share: reading a POST, the answer to an error, the way in."""

from collections.abc import Awaitable, Callable
from functools import wraps

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lib.app_context import get_app_context
from lib.auth.auth_error_translation import RATE_LIMITED
from lib.auth.browser_sessions import create_browser_session, delete_browser_session, replace_browser_sessions
from lib.auth.html_pages import render_template_page
from lib.auth.model import Session
from lib.auth.session_cookies import is_https_request, is_same_origin_request, read_session_cookie, set_session_cookie
from lib.errors import Conflict, InvalidInput, NotPermitted, SignedOut, Unavailable, ZenError

MAX_FORM_BYTES = 16_384
STATUS_CODES = {SignedOut: 401, NotPermitted: 401, Conflict: 409, InvalidInput: 422, Unavailable: 503}

FormFields = dict[str, str]
Endpoint = Callable[[Request], Awaitable[Response]]
FormHandler = Callable[[Request, FormFields], Awaitable[Response]]


def build_form_endpoint(handler: FormHandler) -> Endpoint:
    """An endpoint that passes a form's fields to `handler`. Refuses forms of other sites."""

    @wraps(handler)
    async def endpoint(request: Request) -> Response:
        if not is_same_origin_request(request.headers):
            return _render_refused_form_page(
                403, NotPermitted("This form was sent from another site.", hint="Open Zen and try again.")
            )
        if int(request.headers.get("content-length") or MAX_FORM_BYTES + 1) > MAX_FORM_BYTES:
            return _render_refused_form_page(413, InvalidInput("This form is too large."))
        async with request.form(max_files=0, max_fields=10) as form:
            fields = {name: value for name, value in form.items() if isinstance(value, str)}
        return await handler(request, fields)

    return endpoint


def choose_http_status_of_error(error: ZenError | None) -> int:
    """The HTTP status of a page that shows `error`."""
    if error is None:
        return 200
    if error.message == RATE_LIMITED[1]:
        return 429
    return next((status for kind, status in STATUS_CODES.items() if isinstance(error, kind)), 500)


async def create_browser_session_and_redirect(
    request: Request, issued: Session, target: str, *, only: bool = False
) -> Response:
    """Redirect to `target` with the cookie of a new browser session. `only` ends the person's other sessions."""
    create = replace_browser_sessions if only else create_browser_session
    cookie = await run_sync(create, get_app_context(), issued)
    previous = read_session_cookie(request.cookies)
    if previous:
        await run_sync(delete_browser_session, get_app_context(), previous)
    response = RedirectResponse(target, status_code=303, headers={"Cache-Control": "no-store"})
    set_session_cookie(response, cookie, secure=is_https_request(request.headers, scheme=request.url.scheme))
    return response


def _render_refused_form_page(status: int, error: ZenError) -> Response:
    return render_template_page("refused.html", status=status, error=error)
