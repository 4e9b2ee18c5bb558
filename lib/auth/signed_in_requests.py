"""Pages and forms under /auth/ for somebody who is signed in, whether a member of a company or not yet."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lib.app_context import get_app_context
from lib.auth.browser_sessions import load_fresh_browser_session
from lib.auth.form_requests import (
    Endpoint,
    FormFields,
    FormHandler,
    choose_http_status_of_error,
)
from lib.auth.html_pages import render_template_page
from lib.auth.model import Person
from lib.auth.session_cookies import clear_session_cookies, read_session_cookie
from lib.db.client import Client
from lib.errors import InvalidInput, SignedOut, Unavailable

SIGN_IN = "/auth/sign-in"


@dataclass(frozen=True, kw_only=True)
class SignedInRequest:
    """`person` is None for somebody who belongs to no company; `client` acts as them."""

    http: Request = field(repr=False)
    cookie: str = field(repr=False)
    person: Person | None
    client: Client = field(repr=False)


SignedInHandler = Callable[[SignedInRequest, FormFields], Awaitable[Response]]


def build_signed_in_page(handler: SignedInHandler) -> Endpoint:
    """An endpoint for a GET; anybody else is sent to the sign-in page."""

    async def endpoint(request: Request) -> Response:
        return await _answer_signed_in_request(handler, request, {})

    return endpoint


def build_signed_in_form(handler: SignedInHandler) -> FormHandler:
    """A handler for `build_form_endpoint`; anybody else is sent to the sign-in page."""

    async def submit(request: Request, fields: FormFields) -> Response:
        return await _answer_signed_in_request(handler, request, fields)

    return submit


def parse_form_id(text: str | None, missing: str) -> UUID:
    """The id in a field. Raises InvalidInput with the sentence `missing`."""
    try:
        return UUID(text or "")
    except ValueError:
        raise InvalidInput(missing) from None


async def _answer_signed_in_request(handler: SignedInHandler, request: Request, fields: FormFields) -> Response:
    cookie, context = read_session_cookie(request.cookies) or "", get_app_context()
    try:
        opened = await run_sync(load_fresh_browser_session, context, cookie)
        client = context.create_client(access_token=opened.session.access_token)
        return await handler(SignedInRequest(http=request, cookie=cookie, person=opened.person, client=client), fields)
    except SignedOut:
        response = RedirectResponse(SIGN_IN, status_code=303)
        clear_session_cookies(response, request.cookies)
        return response
    except Unavailable as error:
        return render_template_page("refused.html", status=choose_http_status_of_error(error), error=error)
