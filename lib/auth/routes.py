"""Sign-in, sign-out, joining and password reset: HTTP forms, because only a response can set an HttpOnly cookie.

Every POST comes through `_posted`, which lets no other site's form in.
"""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from lib.auth import cookies, process, session, store, views
from lib.auth.demo import demo_password, demo_people
from lib.auth.faults import TOO_OFTEN
from lib.auth.model import Role, Session
from lib.auth.startup import Phase, startup
from lib.errors import Conflict, InvalidInput, NotPermitted, SignedOut, Unavailable, ZenError

MAX_FORM_BYTES = 16_384
SIGNED_OUT = {
    "everywhere": "You are signed out.",
    "here": "You are signed out in this browser. Zen could not reach the others: sign in and out again to end them.",
}
ROLE_NAMES = {Role.CSM: "CSM", Role.MANAGER: "manager", Role.ADMIN: "admin"}
Fields = dict[str, str]
Handler = Callable[[Request, Fields], Awaitable[Response]]


def _posted(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """A POST from one of our own pages, its fields read; anything else is answered with a sentence."""

    @wraps(handler)
    async def endpoint(request: Request) -> Response:
        if not cookies.is_own_origin(request.headers):
            return _refused(403, NotPermitted("This form was sent from another site.", hint="Open Zen and try again."))
        if int(request.headers.get("content-length") or MAX_FORM_BYTES + 1) > MAX_FORM_BYTES:
            return _refused(413, InvalidInput("That is more than this form takes."))
        async with request.form(max_files=0, max_fields=10) as form:
            fields = {name: value for name, value in form.items() if isinstance(value, str)}
        return await handler(request, fields)

    return endpoint


def _refused(status: int, error: ZenError) -> Response:
    return views.page("refused.html", status=status, error=error)


def _status(error: ZenError) -> int:
    if error.message == TOO_OFTEN[1]:
        return 429
    kinds = {SignedOut: 401, NotPermitted: 401, Conflict: 409, InvalidInput: 422, Unavailable: 503}
    return next((status for kind, status in kinds.items() if isinstance(error, kind)), 500)


async def sign_in_form(request: Request) -> Response:
    target = cookies.safe_next(request.query_params.get("next"))
    cookie = cookies.cookie_value(request.cookies)
    if cookie is None:
        return _sign_in_page(next=target, notice=SIGNED_OUT.get(request.query_params.get("out", "")))
    try:
        opened = await run_sync(store.load, process.current(), cookie)
    except SignedOut as error:
        response = _sign_in_page(next=target, notice=error.message, hint=error.hint)
        cookies.clear_session(response, request.cookies)
        return response
    except Unavailable as error:
        return _sign_in_page(next=target, error=error)
    if opened.person is None:
        return _sign_in_page(next=target, notice=session.NOT_INVITED, hint=session.ASK_ADMIN)
    return RedirectResponse(target, status_code=303)


@_posted
async def sign_in(request: Request, fields: Fields) -> Response:
    target = cookies.safe_next(fields.get("next"))
    email, password = fields.get("email", ""), fields.get("password", "")
    if "demo" in fields:
        email, password = fields["demo"], demo_password(process.current().settings, fields["demo"])
    try:
        issued = await run_sync(lambda: session.sign_in(process.current(), email=email, password=password))
        return await _signed_in(request, issued, target)
    except ZenError as error:
        return _sign_in_page(next=target, email=email, error=error)


async def sign_out_form(request: Request) -> Response:
    return views.page("sign_out.html")


@_posted
async def sign_out(request: Request, fields: Fields) -> Response:
    cookie, where = cookies.cookie_value(request.cookies), "everywhere"
    try:
        if cookie:
            await run_sync(store.end, process.current(), cookie)
    except ZenError:
        where = "here"
    # Words typed and not kept are in the tab: whoever signs in there next must not find them.
    response = RedirectResponse(f"/auth/sign-in?out={where}", 303, {"Clear-Site-Data": '"storage"'})
    cookies.clear_session(response, request.cookies)
    return response


async def join_form(request: Request) -> Response:
    return _join_page(email=request.query_params.get("email", ""))


@_posted
async def join(request: Request, fields: Fields) -> Response:
    email, name, password = (fields.get(key, "") for key in ("email", "full_name", "password"))
    try:
        issued = await run_sync(lambda: session.join(process.current(), email=email, password=password, full_name=name))
        if issued is None:
            return _join_page(email=email, sent=True)
        return await _signed_in(request, issued, cookies.HOME)
    except ZenError as error:
        return _join_page(email=email, full_name=name, error=error)


async def forgot_form(request: Request) -> Response:
    return views.page("forgot.html", email="")


@_posted
async def forgot(request: Request, fields: Fields) -> Response:
    email = fields.get("email", "")
    try:
        await run_sync(lambda: session.request_code(process.current(), email=email))
    except ZenError as error:
        return views.page("forgot.html", status=_status(error), email=email, error=error)
    return _reset_page(email=email, notice="The code is on its way.")


async def reset_form(request: Request) -> Response:
    return _reset_page()


@_posted
async def reset(request: Request, fields: Fields) -> Response:
    email, code, password = (fields.get(key, "") for key in ("email", "code", "password"))
    try:
        issued = await run_sync(
            lambda: session.reset_password(process.current(), email=email, code=code, password=password)
        )
        return await _signed_in(request, issued, cookies.HOME, only=True)
    except ZenError as error:
        return _reset_page(email=email, error=error)


async def health(request: Request) -> Response:
    return JSONResponse(
        {"status": startup.phase.value},
        status_code=200 if startup.phase is Phase.OK else 503,
        headers={"Cache-Control": "no-store"},
    )


async def stylesheet(request: Request) -> Response:
    return views.stylesheet()


async def _signed_in(request: Request, issued: Session, target: str, *, only: bool = False) -> Response:
    """The way to `target` with the cookie of a new browser session; `only` ends the person's others."""
    keep = store.create_only if only else store.create
    cookie, before = await run_sync(keep, process.current(), issued), cookies.cookie_value(request.cookies)
    if before:
        await run_sync(store.drop, process.current(), before)
    response = RedirectResponse(target, status_code=303, headers={"Cache-Control": "no-store"})
    cookies.set_session(response, cookie, secure=cookies.is_secure(request.headers, scheme=request.url.scheme))
    return response


def _sign_in_page(*, next: str = cookies.HOME, email: str = "", **values: Any) -> Response:
    error = values.get("error")
    return views.page(
        "sign_in.html",
        status=_status(error) if error else 200,
        next=next,
        email=email,
        demo_people=demo_people(process.current().settings),
        role_names=ROLE_NAMES,
        **values,
    )


def _join_page(*, email: str, full_name: str = "", sent: bool = False, error: ZenError | None = None) -> Response:
    status = _status(error) if error else 200
    return views.page("join.html", status=status, email=email, full_name=full_name, sent=sent, error=error)


def _reset_page(*, email: str = "", error: ZenError | None = None, notice: str | None = None) -> Response:
    local = process.current().settings.is_local
    status = _status(error) if error else 200
    return views.page("reset.html", status=status, email=email, is_local=local, error=error, notice=notice)


routes = [
    Route("/auth/sign-in", sign_in_form, methods=["GET"]),
    Route("/auth/sign-in", sign_in, methods=["POST"]),
    Route("/auth/sign-out", sign_out_form, methods=["GET"]),
    Route("/auth/sign-out", sign_out, methods=["POST"]),
    Route("/auth/join", join_form, methods=["GET"]),
    Route("/auth/join", join, methods=["POST"]),
    Route("/auth/forgot", forgot_form, methods=["GET"]),
    Route("/auth/forgot", forgot, methods=["POST"]),
    Route("/auth/reset", reset_form, methods=["GET"]),
    Route("/auth/reset", reset, methods=["POST"]),
    Route("/auth/style.css", stylesheet, methods=["GET"]),
    Route("/health", health, methods=["GET"]),
]
