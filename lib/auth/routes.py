"""The HTTP routes of sign-in, sign-out, sign-up and password reset.

They are forms outside Streamlit because only an HTTP response can set an HttpOnly cookie.
"""

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from lib.app_context import get_app_context
from lib.auth.browser_sessions import end_all_browser_sessions
from lib.auth.form_requests import (
    FormFields,
    FormHandler,
    build_form_endpoint,
    choose_http_status_of_error,
    create_browser_session_and_redirect,
)
from lib.auth.html_pages import render_template_page, serve_stylesheet
from lib.auth.service import request_reset_code, reset_password, sign_up
from lib.auth.session_cookies import HOME, clear_session_cookies, read_session_cookie
from lib.auth.sign_in_page import ListDemoLogins, SignInPage
from lib.errors import ZenError


def create_auth_routes(list_demo_logins: ListDemoLogins) -> list[Route]:
    """All routes under /auth/. Every POST goes through `accept_form`, which refuses forms of other sites."""
    sign_in = SignInPage(list_demo_logins)
    return [
        Route("/auth/sign-in", sign_in.show_sign_in_page, methods=["GET"]),
        _build_post_route("/auth/sign-in", sign_in.submit_sign_in),
        Route("/auth/sign-out", show_sign_out_page, methods=["GET"]),
        _build_post_route("/auth/sign-out", submit_sign_out),
        Route("/auth/join", show_sign_up_page, methods=["GET"]),
        _build_post_route("/auth/join", submit_sign_up),
        Route("/auth/forgot", show_forgot_password_page, methods=["GET"]),
        _build_post_route("/auth/forgot", submit_forgot_password),
        Route("/auth/reset", show_reset_password_page, methods=["GET"]),
        _build_post_route("/auth/reset", submit_reset_password),
        Route("/auth/style.css", show_stylesheet, methods=["GET"]),
    ]


def _build_post_route(path: str, handler: FormHandler) -> Route:
    return Route(path, build_form_endpoint(handler), methods=["POST"])


async def show_sign_out_page(request: Request) -> Response:
    return render_template_page("sign_out.html")


async def submit_sign_out(request: Request, fields: FormFields) -> Response:
    cookie, where = read_session_cookie(request.cookies), "everywhere"
    try:
        if cookie:
            await run_sync(end_all_browser_sessions, get_app_context(), cookie)
    except ZenError:
        where = "here"
    # The tab's sessionStorage holds unsaved text: the next person to sign in there must not find it.
    response = RedirectResponse(f"/auth/sign-in?out={where}", 303, {"Clear-Site-Data": '"storage"'})
    clear_session_cookies(response, request.cookies)
    return response


async def show_sign_up_page(request: Request) -> Response:
    return _render_sign_up_page(email=request.query_params.get("email", ""))


async def submit_sign_up(request: Request, fields: FormFields) -> Response:
    email, name, password = (fields.get(key, "") for key in ("email", "full_name", "password"))
    try:
        issued = await run_sync(lambda: sign_up(get_app_context(), email=email, password=password, full_name=name))
        if issued is None:
            return _render_sign_up_page(email=email, sent=True)
        return await create_browser_session_and_redirect(request, issued, HOME)
    except ZenError as error:
        return _render_sign_up_page(email=email, full_name=name, error=error)


async def show_forgot_password_page(request: Request) -> Response:
    return render_template_page("forgot.html", email="")


async def submit_forgot_password(request: Request, fields: FormFields) -> Response:
    email = fields.get("email", "")
    try:
        await run_sync(lambda: request_reset_code(get_app_context(), email=email))
    except ZenError as error:
        return render_template_page("forgot.html", status=choose_http_status_of_error(error), email=email, error=error)
    return _render_reset_password_page(email=email, notice="The code is on its way.")


async def show_reset_password_page(request: Request) -> Response:
    return _render_reset_password_page()


async def submit_reset_password(request: Request, fields: FormFields) -> Response:
    email, code, password = (fields.get(key, "") for key in ("email", "code", "password"))
    try:
        issued = await run_sync(lambda: reset_password(get_app_context(), email=email, code=code, password=password))
        return await create_browser_session_and_redirect(request, issued, HOME, only=True)
    except ZenError as error:
        return _render_reset_password_page(email=email, error=error)


async def show_stylesheet(request: Request) -> Response:
    return serve_stylesheet()


def _render_sign_up_page(
    *, email: str, full_name: str = "", sent: bool = False, error: ZenError | None = None
) -> Response:
    status = choose_http_status_of_error(error)
    return render_template_page("join.html", status=status, email=email, full_name=full_name, sent=sent, error=error)


def _render_reset_password_page(
    *, email: str = "", error: ZenError | None = None, notice: str | None = None
) -> Response:
    local, status = get_app_context().settings.is_local, choose_http_status_of_error(error)
    return render_template_page("reset.html", status=status, email=email, is_local=local, error=error, notice=notice)
