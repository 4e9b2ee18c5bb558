"""Whether the time of an answer tells which addresses are known: python -m tests.bench.sign_in_times

Starts its own Supabase with the demo book, and the app, and sends each form for known and for unknown addresses in
turn. Prints the medians, and the share of pairs in which the known address took longer: 50% tells nothing. About five
minutes.
"""

import argparse
import secrets
import statistics
import tempfile
import time
from pathlib import Path

import httpx
import psycopg

from lib import local
from lib.demo.people import DEMO_PEOPLE
from tests.support.server import AppServer

FORMS = {
    "sign-in": {"password": "not the password"},
    "forgot": {},
    "join": {},
    "reset": {"code": "000000", "password": "a new password"},
    "join-code": {"code": "000000", "password": "a new password"},
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Whether the time of an answer tells which addresses are known.")
    parser.add_argument("--pairs", type=int, default=40, help="known and unknown addresses for each form")
    parser.add_argument("--form", choices=FORMS, action="append", help="only this one")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        stack = local.start_stack(folder=Path(folder) / "local")
        try:
            with (
                AppServer.running({**stack.app_environment, "ZEN_LOCAL": ""}, log=Path(folder) / "log") as app,
                psycopg.connect(stack.database_url, autocommit=True) as sql,
            ):
                for form in options.form or FORMS:
                    print_times(form, [time_pair(app, sql, form, FORMS[form]) for _ in range(options.pairs)])
        finally:
            local.remove_stack(folder=stack.folder)


def time_pair(app: AppServer, sql: psycopg.Connection, form: str, fields: dict[str, str]) -> tuple[float, float]:
    """Seconds for a known and for an unknown address, in random order; the limits of attempts are lifted before."""
    known, unknown = secrets.choice(DEMO_PEOPLE).email, f"{secrets.token_hex(6)}@zen.test"
    times = {}
    for email in secrets.SystemRandom().sample([known, unknown], 2):
        sql.execute("delete from private.attempts")
        with httpx.Client(base_url=app.url, headers={"Origin": app.url}, timeout=30) as client:
            client.get("/auth/sign-in")
            began = time.perf_counter()
            client.post(f"/auth/{form}", data={"email": email, **fields})
            times[email] = time.perf_counter() - began
    return times[known], times[unknown]


def print_times(form: str, pairs: list[tuple[float, float]]) -> None:
    known, unknown = (statistics.median(each) * 1000 for each in zip(*pairs, strict=True))
    longer = sum(first > second for first, second in pairs) / len(pairs)
    print(
        f"{form:>10}: known {known:6.1f} ms, unknown {unknown:6.1f} ms, known took longer in {longer:.0%}", flush=True
    )


if __name__ == "__main__":
    main()
