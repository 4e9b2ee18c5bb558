"""The session cookie: its names, read, set and cleared."""

from collections.abc import Mapping

from starlette.responses import Response

from lib.auth.browser_sessions import SESSION_LIFETIME

PLAIN_NAME = "zen_session"
HOST_NAME = "__Host-zen_session"  # browsers take this name only with Secure, Path=/ and no Domain


def read_session_cookie(cookies: Mapping[str, str], *, secure: bool | None = None) -> str | None:
    """The session cookie of a request, or None. `secure` None means that the scheme is unknown."""
    # Over HTTPS the plain name is not read: a page on a sibling domain could have set it.
    names = {True: (HOST_NAME,), False: (PLAIN_NAME,), None: (HOST_NAME, PLAIN_NAME)}[secure]
    return next((value for name in names if isinstance(value := cookies.get(name), str) and value), None)


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
