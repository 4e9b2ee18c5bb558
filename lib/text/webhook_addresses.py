"""Addresses of webhooks: where Zen may post, before anything is sent."""

import ipaddress
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

SLACK_ORIGIN = "https://hooks.slack.com"
DEFAULT_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, kw_only=True)
class WebhookAddress:
    """`is_literal`: the host is the address of a machine, not a name."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port

    @property
    def is_literal(self) -> bool:
        try:
            ipaddress.ip_address(self.host)
        except ValueError:
            return False
        return True


def parse_webhook_address(url: str) -> WebhookAddress | None:
    """The parts of an http or https address; None for one with a user, a query or a fragment, or no address at all."""
    if not url.isascii() or not url.isprintable() or any(sign in url for sign in " \\@?#%"):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port or DEFAULT_PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
    if not parts.hostname:
        return None
    return WebhookAddress(scheme=parts.scheme, host=parts.hostname, port=port, path=parts.path or "/")


def find_allowed_address(url: str, origins: Collection[str] = ()) -> WebhookAddress | None:
    """The address, if it is Slack's or of one of the operator's `origins`; else None. Scheme, host and port count."""
    address = parse_webhook_address(url)
    allowed = {each.origin for each in map(parse_webhook_address, (SLACK_ORIGIN, *origins)) if each}
    return address if address is not None and address.origin in allowed else None
