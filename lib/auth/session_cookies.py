"""The session cookie, and checks of the headers and paths that come with it. Pure functions."""

import re
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from starlette.responses import Response

from lib.auth.browser_sessions import SESSION_LIFETIME

PLAIN_NAME = "zen_session"
HOST_NAME = "__Host-zen_session"  # browsers take this name only with Secure, Path=/ and no Domain
HOME = "/"
INVITATIONS = "/auth/invitations"
JOIN = "/auth/join"
ENDED_SESSION_PATH = "/auth/ended"
PATH_SHAPE = re.compile(r"/(?![/\\])[^\\\s\x00-\x1f\x7f]{0,1999}")


def read_session_cookie(cookies: Mapping[str, str], *, secure: bool | None = None) -> str | None:
    """The session cookie of a request, or None. `secure` None means that the scheme is unknown."""
    # Over HTTPS the plain name is not read: a page on a sibling domain could have set it.
    names = {True: (HOST_NAME,), False: (PLAIN_NAME,), None: (HOST_NAME, PLAIN_NAME)}[secure]
    return next((value for name in names if isinstance(value := cookies.get(name), str) and value), None)


def is_https_request(headers: Mapping[str, str], *, scheme: str = "http") -> bool:
    """True if the browser uses HTTPS, by `Origin` or the proxy's `X-Forwarded-Proto`."""
    # A client that forges either of them only spoils its own cookie.
    origin = headers.get("origin", "")
    if "://" in origin:
        return origin.startswith("https://")
    return headers.get("x-forwarded-proto", scheme).split(",")[0].strip() in ("https", "wss")


def is_same_origin_request(headers: Mapping[str, str]) -> bool:
    """True if a POST comes from this site. Reads headers that no script can set."""
    origin = headers.get("origin")
    if not origin or urlsplit(origin).netloc != headers.get("host"):
        return False
    return headers.get("sec-fetch-site", "same-origin") == "same-origin"


def sanitize_next_path(target: str | None) -> str:
    """`target` if it is a page of this site, else the home page."""
    if not target or not PATH_SHAPE.fullmatch(target) or target.startswith("/auth/"):
        return HOME
    return target


def build_sign_in_url(path: str, query: str = "") -> str:
    """The address of the sign-in page that leads back to `path`."""
    target = sanitize_next_path(f"{path}?{query}" if query else path)
    return "/auth/sign-in" if target == "/" else f"/auth/sign-in?next={quote(target, safe='/')}"


def set_session_cookie(response: Response, value: str, *, secure: bool) -> None:
    response.set_cookie(
        HOST_NAME if secure else PLAIN_NAME,
        value,
        max_age=int(SESSION_LIFETIME.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=secure,
    )


def clear_session_cookies(response: Response, cookies: Mapping[str, str]) -> None:
    for name in (HOST_NAME, PLAIN_NAME):
        if name in cookies:
            response.delete_cookie(name, path="/", httponly=True, samesite="lax", secure=name == HOST_NAME)
