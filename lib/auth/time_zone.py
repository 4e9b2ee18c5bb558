"""A person's time zone: of the browser, or chosen by the person; stored in the profile."""

import logging
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from lib.db.client import Client
from lib.db.query_execution import execute_write
from lib.errors import InvalidInput, ZenError

AREAS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")

log = logging.getLogger(__name__)


def parse_time_zone(name: str | None) -> str | None:
    """`name` if it is a time zone (IANA) that this machine knows, else None."""
    try:
        return ZoneInfo(name).key if name else None
    except (KeyError, ValueError, OSError):
        return None


@cache
def list_time_zones() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The zones to choose from, by area: names of a place, without the older ones such as US/Central."""
    names = sorted(available_timezones())
    return tuple((area, tuple(name for name in names if name.startswith(f"{area}/"))) for area in AREAS)


def format_utc_offset(name: str, now: datetime | None = None) -> str:
    """ "UTC+05:30": how far a zone is from UTC now."""
    text = (now or datetime.now(UTC)).astimezone(ZoneInfo(name)).strftime("%z")
    return f"UTC{text[:3]}:{text[3:5]}"


def choose_time_zone(client: Client, name: str | None) -> None:
    """Store the zone the caller chose; None: that of their browser again. Raises InvalidInput."""
    if name is not None and parse_time_zone(name) is None:
        raise InvalidInput("Choose a time zone from the list.")
    execute_write(client.rpc("choose_time_zone", {"p_time_zone": name}))


def save_time_zone(client: Client, name: str) -> None:
    """Store the browser's zone in the caller's profile. Logs an error instead of raising it: the next session
    tries again.
    """
    try:
        execute_write(client.rpc("save_time_zone", {"p_time_zone": name}))
    except ZenError as error:
        log.warning("time zone not saved: %s", error.message)
