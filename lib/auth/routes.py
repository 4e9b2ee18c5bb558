"""The HTTP routes of sign-in, sign-out, sign-up and password reset.

They are forms outside Streamlit because only an HTTP response can set an HttpOnly cookie.
"""

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from lib.app_context import get_app_context
from lib.auth.browser_sessions import end_browser_session
from lib.auth.cookies import HOME, clear_session_cookies, read_session_cookie
from lib.auth.forms import Fields, FormHandler, accept_form, get_status_code, redirect_signed_in
from lib.auth.html_pages import render_page, serve_stylesheet
from lib.auth.service import request_reset_code, reset_password, sign_up
from lib.auth.sign_in_page import ListDemoLogins, SignInPage
from lib.errors import ZenError


def create_auth_routes(list_demo_logins: ListDemoLogins) -> list[Route]:
    """All routes under /auth/. Every POST goes through `accept_form`, which refuses forms of other sites."""
    sign_in = SignInPage(list_demo_logins)
    return [
        Route("/auth/sign-in", sign_in.show, methods=["GET"]),
        _post("/auth/sign-in", sign_in.submit),
        Route("/auth/sign-out", show_sign_out, methods=["GET"]),
        _post("/auth/sign-out", submit_sign_out),
        Route("/auth/join", show_join, methods=["GET"]),
        _post("/auth/join", submit_join),
        Route("/auth/forgot", show_forgot, methods=["GET"]),
        _post("/auth/forgot", submit_forgot),
        Route("/auth/reset", show_reset, methods=["GET"]),
        _post("/auth/reset", submit_reset),
        Route("/auth/style.css", show_stylesheet, methods=["GET"]),
    ]


def _post(path: str, handler: FormHandler) -> Route:
    return Route(path, accept_form(handler), methods=["POST"])


async def show_sign_out(request: Request) -> Response:
    return render_page("sign_out.html")


async def submit_sign_out(request: Request, fields: Fields) -> Response:
    cookie, where = read_session_cookie(request.cookies), "everywhere"
    try:
        if cookie:
            await run_sync(end_browser_session, get_app_context(), cookie)
    except ZenError:
        where = "here"
    # The tab's sessionStorage holds unsaved text: the next person to sign in there must not find it.
    response = RedirectResponse(f"/auth/sign-in?out={where}", 303, {"Clear-Site-Data": '"storage"'})
    clear_session_cookies(response, request.cookies)
    return response


async def show_join(request: Request) -> Response:
    return _render_join(email=request.query_params.get("email", ""))


async def submit_join(request: Request, fields: Fields) -> Response:
    email, name, password = (fields.get(key, "") for key in ("email", "full_name", "password"))
    try:
        issued = await run_sync(lambda: sign_up(get_app_context(), email=email, password=password, full_name=name))
        if issued is None:
            return _render_join(email=email, sent=True)
        return await redirect_signed_in(request, issued, HOME)
    except ZenError as error:
        return _render_join(email=email, full_name=name, error=error)


async def show_forgot(request: Request) -> Response:
    return render_page("forgot.html", email="")


async def submit_forgot(request: Request, fields: Fields) -> Response:
    email = fields.get("email", "")
    try:
        await run_sync(lambda: request_reset_code(get_app_context(), email=email))
    except ZenError as error:
        return render_page("forgot.html", status=get_status_code(error), email=email, error=error)
    return _render_reset(email=email, notice="The code is on its way.")


async def show_reset(request: Request) -> Response:
    return _render_reset()


async def submit_reset(request: Request, fields: Fields) -> Response:
    email, code, password = (fields.get(key, "") for key in ("email", "code", "password"))
    try:
        issued = await run_sync(lambda: reset_password(get_app_context(), email=email, code=code, password=password))
        return await redirect_signed_in(request, issued, HOME, only=True)
    except ZenError as error:
        return _render_reset(email=email, error=error)


async def show_stylesheet(request: Request) -> Response:
    return serve_stylesheet()


def _render_join(*, email: str, full_name: str = "", sent: bool = False, error: ZenError | None = None) -> Response:
    status = get_status_code(error)
    return render_page("join.html", status=status, email=email, full_name=full_name, sent=sent, error=error)


def _render_reset(*, email: str = "", error: ZenError | None = None, notice: str | None = None) -> Response:
    local, status = get_app_context().settings.is_local, get_status_code(error)
    return render_page("reset.html", status=status, email=email, is_local=local, error=error, notice=notice)
