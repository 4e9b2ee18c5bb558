"""One's profile: what a person sets for themselves, leaving the company, the browsers they are signed in with."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from anyio.to_thread import run_sync
from starlette.responses import RedirectResponse, Response

from lib.app_context import get_app_context
from lib.auth.auth_urls import INVITATIONS
from lib.auth.browser_sessions import end_browser_session, end_other_browser_sessions, fetch_signed_in_browsers
from lib.auth.digest_preferences import (
    fetch_digest_preferences,
    fetch_recent_digests,
    save_digest_preferences,
    save_slack_webhook,
)
from lib.auth.form_requests import FormFields, choose_http_status_of_error
from lib.auth.html_pages import render_template_page
from lib.auth.membership import (
    fetch_company_members,
    leave_company,
    save_density,
    save_full_name,
    save_locale,
    save_theme,
)
from lib.auth.model import ROLE_NAMES
from lib.auth.signed_in_requests import SignedInRequest, parse_form_id
from lib.auth.time_zone import choose_time_zone, format_utc_offset, list_time_zones
from lib.errors import InvalidInput, SignedOut, ZenError
from lib.text.regional_format import LOCALES, describe_locale

PROFILE = "/auth/profile"


async def show_profile(request: SignedInRequest, fields: FormFields) -> Response:
    return await _render_profile_page(request, None)


async def submit_full_name(request: SignedInRequest, fields: FormFields) -> Response:
    return await _save_preference(request, save_full_name, fields.get("full_name", ""))


async def submit_locale(request: SignedInRequest, fields: FormFields) -> Response:
    return await _save_preference(request, save_locale, fields.get("locale") or None)


async def submit_time_zone(request: SignedInRequest, fields: FormFields) -> Response:
    return await _save_preference(request, choose_time_zone, fields.get("time_zone") or None)


async def submit_theme(request: SignedInRequest, fields: FormFields) -> Response:
    return await _save_preference(request, save_theme, fields.get("theme", ""))


async def submit_density(request: SignedInRequest, fields: FormFields) -> Response:
    return await _save_preference(request, save_density, fields.get("density", ""))


async def submit_digest_preferences(request: SignedInRequest, fields: FormFields) -> Response:
    email_on, slack_on = (fields.get(name) == "yes" for name in ("email", "slack"))
    save = partial(save_digest_preferences, email_on=email_on, slack_on=slack_on)
    return await _save_preference(request, save, section="#digest")


async def submit_slack_webhook(request: SignedInRequest, fields: FormFields) -> Response:
    url = fields.get("webhook", "").strip()
    if not url and fields.get("remove") != "yes":
        return await _render_profile_page(request, InvalidInput("Enter the address of a webhook."))
    return await _save_preference(request, save_slack_webhook, url or None, section="#digest")


async def submit_leaving_company(request: SignedInRequest, fields: FormFields) -> Response:
    try:
        _require_confirmation(fields)
        successor = _parse_successor(fields)
        await run_sync(lambda: leave_company(request.client, successor_id=successor))
    except SignedOut:
        raise
    except ZenError as error:
        return await _render_profile_page(request, error)
    return RedirectResponse(INVITATIONS, status_code=303)


async def submit_browser_sign_out(request: SignedInRequest, fields: FormFields) -> Response:
    try:
        which = parse_form_id(fields.get("browser"), "Choose a browser.")
        await run_sync(end_browser_session, get_app_context(), request.cookie, which)
    except SignedOut:
        raise
    except ZenError as error:
        return await _render_profile_page(request, error)
    return await _render_profile_page(request, None, notice="That browser is signed out.")


async def submit_other_browsers_sign_out(request: SignedInRequest, fields: FormFields) -> Response:
    await run_sync(end_other_browser_sessions, get_app_context(), request.cookie)
    return await _render_profile_page(request, None, notice="You are signed out in every other browser.")


async def _save_preference(
    request: SignedInRequest, save: Callable[..., None], *values: str | None, section: str = ""
) -> Response:
    """Call `save` with the person's client and `values`; back to the profile, with the error where there is one."""
    try:
        await run_sync(save, request.client, *values)
    except SignedOut:
        raise
    except ZenError as error:
        return await _render_profile_page(request, error)
    return RedirectResponse(f"{PROFILE}{section}", status_code=303)


def _require_confirmation(fields: FormFields) -> None:
    if fields.get("confirmed") != "yes":
        raise InvalidInput("Tick the box to confirm.")


def _parse_successor(fields: FormFields) -> UUID | None:
    text = fields.get("successor")
    return parse_form_id(text, "Choose a colleague who takes over.") if text else None


async def _render_profile_page(
    request: SignedInRequest, error: ZenError | None, *, notice: str | None = None
) -> Response:
    person = request.person
    if person is None:
        return RedirectResponse(INVITATIONS, status_code=303)
    colleagues = [each for each in await run_sync(fetch_company_members, request.client) if each.id != person.id]
    return render_template_page(
        "profile.html",
        status=choose_http_status_of_error(error),
        error=error,
        notice=notice,
        person=person,
        colleagues=colleagues,
        browsers=await run_sync(fetch_signed_in_browsers, get_app_context(), request.cookie),
        digest=await run_sync(fetch_digest_preferences, request.client),
        recent_digests=await run_sync(fetch_recent_digests, request.client),
        role_names=ROLE_NAMES,
        locales=[(code, describe_locale(code)) for code in LOCALES],
        time_zones=list_time_zones(),
        format_utc_offset=format_utc_offset,
        theme=person.theme,
    )
