"""Where somebody is, as their browser says. Kept in their profile, by which snoozes come back and the clock is read."""

import logging
from zoneinfo import ZoneInfo

from lib.db.client import Client
from lib.db.results import execute
from lib.errors import ZenError

log = logging.getLogger(__name__)


def known(name: str | None) -> str | None:
    """`name` if it is a time zone (IANA) of this machine, else None."""
    try:
        return ZoneInfo(name).key if name else None
    except (KeyError, ValueError, OSError):
        return None


def keep(client: Client, name: str) -> None:
    """Write it to the caller's own profile. Never raises: the next session says it again."""
    try:
        execute(client.rpc("keep_my_time_zone", {"p_time_zone": name}))
    except ZenError as error:
        log.warning("time zone not kept: %s", error.message)
