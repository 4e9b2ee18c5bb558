"""Paths of the auth pages that other pages lead to, and the sign-in URL with its way back. Pure."""

import re
from urllib.parse import quote

HOME = "/"
INVITATIONS = "/auth/invitations"
JOIN = "/auth/join"
ENDED_SESSION_PATH = "/auth/ended"
PATH_SHAPE = re.compile(r"/(?![/\\])[^\\\s\x00-\x1f\x7f]{0,1999}")


def sanitize_next_path(target: str | None) -> str:
    """`target` if it is a page of this site, else the home page."""
    if not target or not PATH_SHAPE.fullmatch(target) or target.startswith("/auth/"):
        return HOME
    return target


def build_sign_in_url(path: str, query: str = "") -> str:
    """The address of the sign-in page that leads back to `path`."""
    target = sanitize_next_path(f"{path}?{query}" if query else path)
    return "/auth/sign-in" if target == "/" else f"/auth/sign-in?next={quote(target, safe='/')}"
