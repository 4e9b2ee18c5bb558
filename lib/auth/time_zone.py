"""A person's time zone: read from the browser, stored in the profile."""

import logging
from zoneinfo import ZoneInfo

from lib.db.client import Client
from lib.db.query_execution import execute_write
from lib.errors import ZenError

log = logging.getLogger(__name__)


def parse_time_zone(name: str | None) -> str | None:
    """`name` if it is a time zone (IANA) that this machine knows, else None."""
    try:
        return ZoneInfo(name).key if name else None
    except (KeyError, ValueError, OSError):
        return None


def save_time_zone(client: Client, name: str) -> None:
    """Store the zone in the caller's profile. Logs an error instead of raising it: the next session tries again."""
    try:
        execute_write(client.rpc("save_time_zone", {"p_time_zone": name}))
    except ZenError as error:
        log.warning("time zone not saved: %s", error.message)
