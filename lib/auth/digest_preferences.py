"""Where a person wants their digest, and turning it off by the link in one."""

from dataclasses import dataclass
from datetime import datetime

from lib.db.client import Client
from lib.db.query_execution import execute_read, execute_write
from lib.db.row_parsing import parse_row
from lib.errors import InvalidInput
from lib.settings import WebhookSettings, parse_settings
from lib.text.webhook_addresses import find_allowed_address

CHANNEL_NAMES = {"email": "by email", "slack": "in Slack"}


@dataclass(frozen=True, kw_only=True)
class DigestPreferences:
    """`slack_hint` is by what the person recognises their webhook; None without one."""

    email_on: bool = True
    slack_on: bool = True
    slack_hint: str | None = None


@dataclass(frozen=True, kw_only=True)
class RecentDigest:
    """What was sent, or is to be: about which customers, in the order of the items."""

    occasion: str
    channel: str
    customers: tuple[str, ...]
    created_at: datetime
    sent_at: datetime | None
    given_up_at: datetime | None
    muted_at: datetime | None

    @property
    def state(self) -> str:
        """ "sent by email", "not sent"."""
        if self.sent_at is None:
            return "not sent" if self.given_up_at else "queued"
        return f"sent {CHANNEL_NAMES.get(self.channel, '')}{', muted' if self.muted_at else ''}"


def fetch_digest_preferences(client: Client) -> DigestPreferences:
    """Those of the caller. One request."""
    rows = execute_read(client.table("digest_preferences").select("email_on, slack_on, slack_hint"))
    return parse_row(DigestPreferences, rows[0]) if rows else DigestPreferences()


def fetch_recent_digests(client: Client) -> tuple[RecentDigest, ...]:
    """The last five of the caller, the latest first. One request."""
    rows = execute_read(client.rpc("recent_digests", {"p_most": 5}))
    return tuple(parse_row(RecentDigest, row) for row in rows)


def save_digest_preferences(client: Client, *, email_on: bool, slack_on: bool) -> None:
    """Where the caller wants their digest from now on. One request."""
    execute_write(client.rpc("save_digest_preferences", {"p_email_on": email_on, "p_slack_on": slack_on}))


def save_slack_webhook(client: Client, url: str | None) -> None:
    """The webhook of the caller's digest; None removes it. Raises InvalidInput for one Zen may not post to."""
    if url is not None and find_allowed_address(url, parse_settings(WebhookSettings).origins) is None:
        raise InvalidInput(
            "Zen does not post to this address.", hint="Copy the address of an incoming webhook from Slack."
        )
    execute_write(client.rpc("save_slack_webhook", {"p_url": url}))


def mute_digest(client: Client, token: str) -> str:
    """Turn off the channel of the digest with this token; returns its name. Raises NotFound. One request."""
    return str(execute_write(client.rpc("mute_digest", {"p_token": token})))
