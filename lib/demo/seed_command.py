"""The work of `python -m lib.demo`, on the Supabase that the environment names or on the running local one."""

import os
import time
from collections.abc import Mapping
from datetime import date
from urllib.parse import urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

from lib import local
from lib.db.row_signatures import RowSigner
from lib.demo.date_shift import shift_demo_dates
from lib.demo.demo_data import build_demo_data
from lib.demo.demo_loader import Connection, fetch_database_day, fetch_demo_anchor, insert_demo_data
from lib.demo.people_sign_up import sign_up_people
from lib.errors import InvalidInput, NotPermitted, Unavailable
from lib.settings import Settings

_FIXED_DAY = date(2026, 3, 4)
_NEEDED = ("SUPABASE_URL", "SUPABASE_PUBLISHABLE_KEY", "DATABASE_URL", "ZEN_SESSION_SECRET")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def run_demo_command(verb: str, *, allow_any_host: bool) -> None:
    """`seed` or `freshen`. Raises InvalidInput, NotPermitted, Unavailable."""
    environment = _find_environment()
    if not allow_any_host:
        require_loopback_supabase(environment)
    try:
        with psycopg.connect(environment["DATABASE_URL"]) as connection:
            signer = RowSigner((environment["ZEN_SESSION_SECRET"],))
            if verb == "seed":
                _seed_demo(connection, environment, signer)
            _freshen_demo_dates(connection, signer)
    except psycopg.errors.UndefinedTable:
        raise Unavailable(
            "The database does not have Zen's tables.", hint="Apply the migrations first: docs/deploy.md."
        ) from None
    except psycopg.OperationalError as error:
        raise Unavailable(f"The database does not answer: {str(error).strip().splitlines()[0]}") from error


def _find_environment() -> dict[str, str]:
    """Addresses and keys, from the environment or, if it has none of them, of the running local Supabase."""
    missing = [name for name in _NEEDED if not os.environ.get(name)]
    running = local.find_running_stack() if len(missing) == len(_NEEDED) else None
    if running:
        return running.seed_environment
    if missing:
        raise InvalidInput(
            f"{', '.join(missing)} must be set.",
            hint="Or set none, and start the local Supabase with `python -m lib.local up`.",
        )
    return {name: os.environ[name] for name in _NEEDED}


def require_loopback_supabase(environment: Mapping[str, str]) -> None:
    """Raise NotPermitted unless both the database and the API are on this machine."""
    hosts = (
        str(conninfo_to_dict(environment["DATABASE_URL"]).get("host") or ""),
        str(urlsplit(environment["SUPABASE_URL"]).hostname),
    )
    elsewhere = [host for host in hosts if host not in _LOOPBACK and not host.startswith("/")]
    if elsewhere:
        raise NotPermitted(
            f"The demo book is for a database of one's own, and {elsewhere[0]} is not on this machine.",
            hint="If it really is a demo, say so with --yes-this-is-a-demo.",
        )


def _freshen_demo_dates(connection: Connection, signer: RowSigner) -> None:
    days = shift_demo_dates(connection, signer)
    connection.commit()
    if days:
        print(f"Demo book: moved ahead by {days} days", flush=True)


def _seed_demo(connection: Connection, environment: Mapping[str, str], signer: RowSigner) -> None:
    began = time.monotonic()
    settings = Settings(
        url=environment["SUPABASE_URL"].rstrip("/"),
        publishable_key=environment["SUPABASE_PUBLISHABLE_KEY"],
        session_secret="",
    )
    people = sign_up_people(connection, settings)
    edition = build_demo_data(_FIXED_DAY).fingerprint
    anchor = fetch_demo_anchor(connection)
    if anchor and anchor[1] != edition:
        print("The demo book here is an earlier one and stays; `python -m lib.local reset` brings the new one")
        return
    book = build_demo_data(anchor[0] if anchor else fetch_database_day(connection))
    added = insert_demo_data(connection, book, edition, signer)
    connection.commit()
    print(f"Demo book: {people} people signed up, {added:,} rows added in {time.monotonic() - began:.1f} s", flush=True)
