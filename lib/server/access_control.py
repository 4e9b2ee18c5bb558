"""Who may reach this server, by which names and addresses."""

from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from lib.auth.middleware import PROBES
from lib.auth.session_cookies import read_session_cookie
from lib.errors import InvalidInput, NotFound, NotPermitted, ZenError
from lib.server.request_refusals import refuse_request
from lib.server.server_settings import EVERYONE, THIS_MACHINE, ServerSettings
from lib.server.upload_permits import UPLOAD_ENDPOINT, get_upload_permits

MAX_ADDRESS_BYTES = 8_192
MAX_HEADER_BYTES = 32_768

OWN_ELEMENTS = "/_stcore/bidi-components/zen."
STREAMLIT_ENDPOINTS = ("/_stcore/stream", "/_stcore/health", "/_stcore/host-config", OWN_ELEMENTS)
"""What Streamlit's page asks for, and the scripts of our own elements. The others are for operators and agents; uploads
need a permit of their page."""
SIGN_OUT = "/auth/sign-out"
METRICS_ENDPOINT = "/_stcore/metrics"

OTHER_MACHINE = NotPermitted(
    "This Zen answers only the machine it runs on.",
    hint="It uses its embedded Supabase with demo data. To let others in, set ZEN_ALLOWED_CLIENTS, for example to *.",
)
OTHER_NETWORK = NotPermitted("This Zen does not answer your address.", hint="ZEN_ALLOWED_CLIENTS names those it does.")
OTHER_HOST = NotPermitted(
    "This Zen is not known by the name in the address.", hint="If it should be, add the name to ZEN_ALLOWED_HOSTS."
)
OTHER_SITE = NotPermitted("This request came from another site.", hint="Open Zen in a tab of its own.")
UNKNOWN_ENDPOINT = NotFound("There is no page here.")
TOO_LONG = InvalidInput("This address is too long.", hint="Open Zen and go on from there.")
TOO_MANY_HEADERS = InvalidInput("The headers of this request are too large.", hint="Delete the cookies of this site.")


class AccessMiddleware:
    """Refuse requests and websockets of clients, hosts and sites that are not allowed, and closed endpoints."""

    def __init__(self, app: ASGIApp, *, settings: ServerSettings, is_embedded: bool) -> None:
        self.app = app
        self.settings = settings
        self.is_embedded = is_embedded

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            refusal = self._find_refusal(scope)
            if refusal is not None:
                error, status = refusal
                await refuse_request(error, status, scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _find_refusal(self, scope: Scope) -> tuple[ZenError, int] | None:
        headers = Headers(scope=scope)
        if not is_client_allowed(scope, self.settings, is_embedded=self.is_embedded):
            return (OTHER_MACHINE if self.settings.allowed_clients is None else OTHER_NETWORK), 403
        is_probe = scope["path"] in PROBES  # whoever watches a process asks by its address and port
        if not is_probe and not is_host_allowed(headers.get("host", ""), self.settings, is_embedded=self.is_embedded):
            return OTHER_HOST, 403
        if scope["type"] == "websocket" and not is_same_origin(headers):
            return OTHER_SITE, 403
        if scope["path"] == SIGN_OUT and scope.get("method") == "POST":
            get_upload_permits().withdraw_uploads_of_browser(read_session_cookie(HTTPConnection(scope).cookies) or "")
        if scope["path"].startswith(UPLOAD_ENDPOINT):
            if not is_same_origin(headers):
                return OTHER_SITE, 403
            if not get_upload_permits().is_allowed(scope["path"], scope.get("method", "")):
                return UNKNOWN_ENDPOINT, 404
        elif is_closed_endpoint(scope["path"], self.settings):
            return UNKNOWN_ENDPOINT, 404
        if len(scope["path"]) + len(scope["query_string"]) > MAX_ADDRESS_BYTES:
            return TOO_LONG, 414
        if sum(len(name) + len(value) for name, value in scope["headers"]) > MAX_HEADER_BYTES:
            return TOO_MANY_HEADERS, 431
        return None


def is_client_allowed(scope: Scope, settings: ServerSettings, *, is_embedded: bool) -> bool:
    """By default: on the embedded Supabase this machine, else everyone. A unix socket has no client."""
    allowed = settings.allowed_clients
    if allowed is None:
        allowed = THIS_MACHINE if is_embedded else EVERYONE
    client = scope.get("client")
    if client is None:
        return True
    address = _parse_address(client[0])
    return address is not None and any(address in network for network in allowed)


def is_host_allowed(host: str, settings: ServerSettings, *, is_embedded: bool) -> bool:
    """By default: on the embedded Supabase addresses and localhost, so that no other name can be made to lead here.

    Else every name: the proxy in front knows its own. `*.zen.example` allows the names below it.
    """
    name = _parse_host_name(host)
    if name is None:
        return False
    if settings.allowed_hosts is None:
        return not is_embedded or _parse_address(name) is not None or name == "localhost" or name.endswith(".localhost")
    allowed = [each.lower() for each in settings.allowed_hosts]
    return any(
        each in ("*", name) or (each.startswith("*.") and name.endswith(each.removeprefix("*"))) for each in allowed
    )


def is_same_origin(headers: Headers) -> bool:
    """True unless a browser says that a page of another origin opens the websocket or sends the file."""
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


def is_this_machine(address: str) -> bool:
    parsed = _parse_address(address)
    return parsed is not None and any(parsed in network for network in THIS_MACHINE)


def is_closed_endpoint(path: str, settings: ServerSettings) -> bool:
    if path == METRICS_ENDPOINT:
        return not settings.has_metrics
    return path.startswith("/_stcore") and not path.startswith(STREAMLIT_ENDPOINTS)


def _parse_address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    # A socket for both kinds of addresses reports IPv4 ones as ::ffff:127.0.0.1.
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address


def _parse_host_name(host: str) -> str | None:
    """The name in a Host header, in lower case; None if it is none."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return None
    is_plain = not (parts.username or parts.password or parts.path or parts.query or parts.fragment)
    return parts.hostname.rstrip(".") if parts.hostname and is_plain else None
