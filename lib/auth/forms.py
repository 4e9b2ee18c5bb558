"""What the handlers of sign-in forms share: reading a POST, the answer to an error, the way in."""

from collections.abc import Awaitable, Callable
from functools import wraps

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lib.app_context import get_app_context
from lib.auth.browser_sessions import create_browser_session, create_only_browser_session, drop_browser_session
from lib.auth.cookies import is_own_origin, is_secure, read_session_cookie, set_session_cookie
from lib.auth.errors import RATE_LIMITED
from lib.auth.html_pages import render_page
from lib.auth.model import Session
from lib.errors import Conflict, InvalidInput, NotPermitted, SignedOut, Unavailable, ZenError

MAX_FORM_BYTES = 16_384
STATUS_CODES = {SignedOut: 401, NotPermitted: 401, Conflict: 409, InvalidInput: 422, Unavailable: 503}

Fields = dict[str, str]
Endpoint = Callable[[Request], Awaitable[Response]]
FormHandler = Callable[[Request, Fields], Awaitable[Response]]


def accept_form(handler: FormHandler) -> Endpoint:
    """An endpoint that passes a form's fields to `handler`. Refuses forms of other sites."""

    @wraps(handler)
    async def endpoint(request: Request) -> Response:
        if not is_own_origin(request.headers):
            return _refuse(403, NotPermitted("This form was sent from another site.", hint="Open Zen and try again."))
        if int(request.headers.get("content-length") or MAX_FORM_BYTES + 1) > MAX_FORM_BYTES:
            return _refuse(413, InvalidInput("This form is too large."))
        async with request.form(max_files=0, max_fields=10) as form:
            fields = {name: value for name, value in form.items() if isinstance(value, str)}
        return await handler(request, fields)

    return endpoint


def get_status_code(error: ZenError | None) -> int:
    """The HTTP status of a page that shows `error`."""
    if error is None:
        return 200
    if error.message == RATE_LIMITED[1]:
        return 429
    return next((status for kind, status in STATUS_CODES.items() if isinstance(error, kind)), 500)


async def redirect_signed_in(request: Request, issued: Session, target: str, *, only: bool = False) -> Response:
    """Redirect to `target` with the cookie of a new browser session. `only` ends the person's other sessions."""
    create = create_only_browser_session if only else create_browser_session
    cookie = await run_sync(create, get_app_context(), issued)
    previous = read_session_cookie(request.cookies)
    if previous:
        await run_sync(drop_browser_session, get_app_context(), previous)
    response = RedirectResponse(target, status_code=303, headers={"Cache-Control": "no-store"})
    set_session_cookie(response, cookie, secure=is_secure(request.headers, scheme=request.url.scheme))
    return response


def _refuse(status: int, error: ZenError) -> Response:
    return render_page("refused.html", status=status, error=error)
