"""Joining a company: an address, the code mailed to it with a new password, then the choice among its invitations."""

from anyio.to_thread import run_sync
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lib.app_context import get_app_context
from lib.auth.attempt_limits import AttemptKind, refund_attempts
from lib.auth.auth_urls import HOME, INVITATIONS
from lib.auth.form_requests import (
    FormFields,
    choose_http_status_of_error,
    count_attempt,
    create_browser_session_and_redirect,
)
from lib.auth.html_pages import render_template_page
from lib.auth.invitations import accept_invitation, fetch_open_invitations
from lib.auth.mailed_code_requests import plan_code_mail
from lib.auth.model import ROLE_NAMES, Session
from lib.auth.service import is_company_member, prove_address, request_join_code, revoke_sessions
from lib.auth.signed_in_requests import SignedInRequest, parse_form_id
from lib.errors import NotPermitted, SignedOut, ZenError

NOT_INVITED = "No company has invited this email address."
ASK_ADMIN = "Ask an admin of your company for an invitation, then join again."


async def show_join_page(request: Request) -> Response:
    return render_template_page("join.html", email=request.query_params.get("email", ""))


async def submit_join(request: Request, fields: FormFields) -> Response:
    email = fields.get("email", "")
    try:
        task = await plan_code_mail(request, request_join_code, email)
    except ZenError as error:
        return render_template_page("join.html", status=choose_http_status_of_error(error), email=email, error=error)
    return _render_code_page(email=email, notice="The code is on its way.", task=task)


async def show_join_code_page(request: Request) -> Response:
    return _render_code_page()


async def submit_join_code(request: Request, fields: FormFields) -> Response:
    email, code, password = (fields.get(key, "") for key in ("email", "code", "password"))
    context = get_app_context()
    try:
        attempt = await count_attempt(request, AttemptKind.CODE_CHECK, email)
        issued = await run_sync(lambda: prove_address(context, email=email, code=code, password=password))
        await run_sync(refund_attempts, context, attempt)
        target = await run_sync(_choose_page_after_code, issued)
        return await create_browser_session_and_redirect(request, issued, target, email=email, only=True)
    except ZenError as error:
        return _render_code_page(email=email, error=error)


def _choose_page_after_code(issued: Session) -> str:
    """The invitations, or Zen for a member. Raises NotPermitted for somebody nobody invited, and keeps no session."""
    context = get_app_context()
    client = context.create_client(access_token=issued.access_token)
    if fetch_open_invitations(client):
        return INVITATIONS
    if is_company_member(client):
        return HOME
    revoke_sessions(context, issued.access_token)
    raise NotPermitted(NOT_INVITED, hint=ASK_ADMIN)


async def show_invitations(request: SignedInRequest, fields: FormFields) -> Response:
    return await _render_invitations_page(request, None)


async def submit_invitation(request: SignedInRequest, fields: FormFields) -> Response:
    try:
        invitation_id = parse_form_id(fields.get("invitation"), "Choose an invitation.")
        name = fields.get("full_name", "")
        await run_sync(lambda: accept_invitation(request.client, invitation_id, full_name=name))
    except SignedOut:
        raise
    except ZenError as error:
        return await _render_invitations_page(request, error)
    return RedirectResponse(HOME, status_code=303, headers={"Cache-Control": "no-store"})


async def _render_invitations_page(request: SignedInRequest, error: ZenError | None) -> Response:
    invitations = await run_sync(fetch_open_invitations, request.client)
    return render_template_page(
        "invitations.html",
        status=choose_http_status_of_error(error),
        error=error,
        person=request.person,
        invitations=invitations,
        full_name=next((each.full_name for each in invitations if each.full_name), ""),
        role_names=ROLE_NAMES,
    )


def _render_code_page(
    *, email: str = "", error: ZenError | None = None, notice: str | None = None, task: BackgroundTask | None = None
) -> Response:
    status = choose_http_status_of_error(error)
    local = get_app_context().settings.is_local
    response = render_template_page(
        "join_code.html", status=status, email=email, is_local=local, error=error, notice=notice
    )
    response.background = task
    return response
