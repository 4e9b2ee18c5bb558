from anyio.to_thread import run_sync
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from lib.app_context import get_app_context
from lib.auth.attempt_limits import AttemptKind, refund_attempts
from lib.auth.auth_urls import HOME
from lib.auth.form_requests import (
    FormFields,
    choose_http_status_of_error,
    count_attempt,
    create_browser_session_and_redirect,
)
from lib.auth.html_pages import render_template_page
from lib.auth.mailed_code_requests import plan_code_mail
from lib.auth.service import request_reset_code, reset_password
from lib.errors import ZenError


async def show_forgot_password_page(request: Request) -> Response:
    return render_template_page("forgot.html", email="")


async def submit_forgot_password(request: Request, fields: FormFields) -> Response:
    email = fields.get("email", "")
    try:
        task = await plan_code_mail(request, request_reset_code, email)
    except ZenError as error:
        return render_template_page("forgot.html", status=choose_http_status_of_error(error), email=email, error=error)
    return _render_reset_password_page(email=email, notice="The code is on its way.", task=task)


async def show_reset_password_page(request: Request) -> Response:
    return _render_reset_password_page()


async def submit_reset_password(request: Request, fields: FormFields) -> Response:
    email, code, password = (fields.get(key, "") for key in ("email", "code", "password"))
    context = get_app_context()
    try:
        attempt = await count_attempt(request, AttemptKind.CODE_CHECK, email)
        issued = await run_sync(lambda: reset_password(context, email=email, code=code, password=password))
        await run_sync(refund_attempts, context, attempt)
        return await create_browser_session_and_redirect(request, issued, HOME, email=email, only=True)
    except ZenError as error:
        return _render_reset_password_page(email=email, error=error)


def _render_reset_password_page(
    *, email: str = "", error: ZenError | None = None, notice: str | None = None, task: BackgroundTask | None = None
) -> Response:
    local, status = get_app_context().settings.is_local, choose_http_status_of_error(error)
    response = render_template_page(
        "reset.html", status=status, email=email, is_local=local, error=error, notice=notice
    )
    response.background = task
    return response
