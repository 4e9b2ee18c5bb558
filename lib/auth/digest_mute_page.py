"""The link to mute in a digest: no password, the token is the permission. Nobody is signed in or out by it."""

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import Response

from lib.app_context import get_app_context
from lib.auth.digest_preferences import CHANNEL_NAMES, mute_digest
from lib.auth.form_requests import choose_http_status_of_error
from lib.auth.html_pages import render_template_page
from lib.errors import ZenError


async def show_mute_page(request: Request) -> Response:
    """A button. Opening the page changes nothing: mail servers open the links of a mail to look at them."""
    return render_template_page("mute.html", token=request.query_params.get("token", ""))


async def submit_mute(request: Request) -> Response:
    """From that page, or from a mail program (RFC 8058), which is no site of ours: its origin is not asked."""
    token = request.query_params.get("token", "")
    try:
        channel = await run_sync(mute_digest, get_app_context().create_client(), token)
    except ZenError as error:
        return render_template_page("mute.html", status=choose_http_status_of_error(error), error=error, token=None)
    name = CHANNEL_NAMES.get(channel, "")
    return render_template_page("mute.html", notice=f"Muted. Zen sends you no more digests {name}.", token=None)
