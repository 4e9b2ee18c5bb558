"""Whether a request came over HTTPS, and from this site: read from its headers. Pure."""

from collections.abc import Mapping
from urllib.parse import urlsplit


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
