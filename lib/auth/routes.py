"""The HTTP routes of sign-in, sign-out, joining, passwords and one's profile.

They are forms outside Streamlit because only an HTTP response can set an HttpOnly cookie.
"""

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from lib.app_context import get_app_context
from lib.auth.auth_urls import ENDED_SESSION_PATH
from lib.auth.browser_sessions import end_all_browser_sessions, fetch_browser_session
from lib.auth.digest_mute_page import show_mute_page, submit_mute
from lib.auth.form_requests import FormFields, FormHandler, build_form_endpoint
from lib.auth.html_pages import render_template_page, serve_stylesheet
from lib.auth.join_pages import (
    show_invitations,
    show_join_code_page,
    show_join_page,
    submit_invitation,
    submit_join,
    submit_join_code,
)
from lib.auth.password_change_page import show_password_page, submit_password_change
from lib.auth.password_reset_pages import (
    show_forgot_password_page,
    show_reset_password_page,
    submit_forgot_password,
    submit_reset_password,
)
from lib.auth.profile_page import (
    show_profile,
    submit_browser_sign_out,
    submit_density,
    submit_digest_preferences,
    submit_full_name,
    submit_leaving_company,
    submit_locale,
    submit_other_browsers_sign_out,
    submit_slack_webhook,
    submit_theme,
    submit_time_zone,
)
from lib.auth.session_cookies import clear_session_cookies, read_session_cookie
from lib.auth.sign_in_page import ListDemoLogins, SignInPage
from lib.auth.signed_in_requests import build_signed_in_form, build_signed_in_page
from lib.errors import SignedOut, Unavailable, ZenError


def create_auth_routes(list_demo_logins: ListDemoLogins) -> list[Route]:
    """All routes under /auth/. Every POST goes through `build_form_endpoint`, which refuses forms of other sites."""
    sign_in = SignInPage(list_demo_logins)
    return [
        Route("/auth/sign-in", sign_in.show_sign_in_page, methods=["GET"]),
        _build_post_route("/auth/sign-in", sign_in.submit_sign_in),
        Route(ENDED_SESSION_PATH, clear_ended_session, methods=["GET"]),
        Route("/auth/sign-out", show_sign_out_page, methods=["GET"]),
        _build_post_route("/auth/sign-out", submit_sign_out),
        Route("/auth/join", show_join_page, methods=["GET"]),
        _build_post_route("/auth/join", submit_join),
        Route("/auth/join-code", show_join_code_page, methods=["GET"]),
        _build_post_route("/auth/join-code", submit_join_code),
        Route("/auth/invitations", build_signed_in_page(show_invitations), methods=["GET"]),
        _build_post_route("/auth/invitations", build_signed_in_form(submit_invitation)),
        Route("/auth/profile", build_signed_in_page(show_profile), methods=["GET"]),
        _build_post_route("/auth/name", build_signed_in_form(submit_full_name)),
        _build_post_route("/auth/locale", build_signed_in_form(submit_locale)),
        _build_post_route("/auth/time-zone", build_signed_in_form(submit_time_zone)),
        _build_post_route("/auth/theme", build_signed_in_form(submit_theme)),
        _build_post_route("/auth/density", build_signed_in_form(submit_density)),
        _build_post_route("/auth/browser", build_signed_in_form(submit_browser_sign_out)),
        _build_post_route("/auth/leave", build_signed_in_form(submit_leaving_company)),
        _build_post_route("/auth/other-browsers", build_signed_in_form(submit_other_browsers_sign_out)),
        _build_post_route("/auth/digest", build_signed_in_form(submit_digest_preferences)),
        _build_post_route("/auth/slack", build_signed_in_form(submit_slack_webhook)),
        Route("/auth/mute", show_mute_page, methods=["GET"]),
        Route("/auth/mute", submit_mute, methods=["POST"]),
        Route("/auth/password", build_signed_in_page(show_password_page), methods=["GET"]),
        _build_post_route("/auth/password", build_signed_in_form(submit_password_change)),
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


async def clear_ended_session(request: Request) -> Response:
    """Clear the cookie of a session that has ended; a page loads it when the gate ends it. Nothing is shown."""
    response, cookie = Response(status_code=204), read_session_cookie(request.cookies)
    try:
        if cookie:
            await run_sync(fetch_browser_session, get_app_context(), cookie)
    except SignedOut:
        clear_session_cookies(response, request.cookies)
    except Unavailable:
        pass
    return response


async def show_stylesheet(request: Request) -> Response:
    return serve_stylesheet()
