"""Clicks at database level: `python -m tests.bench.actions [--calls 1000] [--clients 20]`.

Starts a database of its own with twenty CSMs, and measures starting a run, snoozing (a new click each, and the same
click again) and undoing, as those people under the policies, a transaction a call, durable. Then counts that twenty
clients who do the same at once do it once, and that eight wakers bring back each due run once. pgbench sends the
calls; without it psycopg does, in processes, and is then a part of what is measured. Figures go to docs/performance.md.
"""

import argparse
import os
import re
import resource
import shutil
import subprocess
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from lib import local

WORLD = Path(__file__).with_name("clicks.sql")
TICK = os.sysconf("SC_CLK_TCK")
WAKERS = 8

CLAIMS = """select set_config('role', 'authenticated', false), set_config('request.jwt.claims',
  jsonb_build_object('sub', bench.id('person', {client}, 0))::text, false)"""
START = "select public.start_workflow('clicks', bench.id('KIND', {client}, {n}))"
UNDO = "select public.undo_action((select d.run_id from bench.done d where d.k = {client} and d.n = {n}))"
SNOOZE = """
  select public.run_saved_action('ACTION', jsonb_build_object('execution_id', bench.id('run', {client}, {n})),
    '{"until": "UNTIL", "reason": "They are at a fair."}', bench.id('KEY', {client}, {n}))"""


@dataclass(frozen=True)
class Took:
    """Calls a second, and microseconds of processor a call: the database's and the client's."""

    calls: int
    seconds: float
    database: float
    client: float

    @property
    def per_second(self) -> float:
        return self.calls / self.seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=1000, help="of each client")
    parser.add_argument("--clients", type=int, default=20, choices=range(1, 21), metavar="1..20")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        stack = local.start_stack(folder=Path(folder), seed=False, report=lambda line: None)
        try:
            with psycopg.connect(stack.database_url, autocommit=True) as sql:
                Bench(sql, stack.database_url, options.clients, options.calls).run()
        finally:
            local.release_stack(stack)


class Bench:
    def __init__(self, sql: psycopg.Connection[Any], url: str, clients: int, calls: int) -> None:
        self.sql, self.clients, self.calls = sql, clients, calls
        sql.execute(WORLD.read_text(encoding="utf-8").replace(":'calls'", str(calls)).encode())
        sql.execute("vacuum analyze")
        sockets, port = self.one("show unix_socket_directories"), self.one("show port")
        self.dsn = f"host={sockets} port={port} user={psycopg.conninfo.conninfo_to_dict(url)['user']} dbname=postgres"
        self.postmaster = int((Path(self.one("show data_directory")) / "postmaster.pid").read_text().split()[0])
        self.snooze = SNOOZE.replace("ACTION", str(self.one("select id from bench.action")))
        self.snooze = self.snooze.replace("UNTIL", str(self.one("select current_date + 30")))

    def one(self, statement: str) -> Any:
        row = self.sql.execute(statement.encode()).fetchone()
        return row[0] if row else None

    def run(self) -> None:
        durable = ", ".join(f"{name} {self.one(f'show {name}')}" for name in ("fsync", "synchronous_commit"))
        sender = "pgbench" if shutil.which("pgbench") else "psycopg in processes (pgbench is not installed)"
        print(f"{self.clients} clients, {self.calls} calls each, sent by {sender}; {durable}")
        print(f"{'call':<28} {'calls/s':>9} {'database us':>12} {'client us':>10}")
        few, click = "(1 + {n} % 50)", self.snooze.replace("KEY", "key")
        self.say("(one row in a plain table)", "insert into bench.plain values ({client}, {n})")
        self.say("start, found again", START.replace("KIND", "customer").replace("{n}", few))
        self.say("start, a new run", START.replace("KIND", "fresh"))
        self.say("snooze, a new click", click)
        self.say("snooze, the same click again", click.replace("{n}", few))
        self.say("undo", UNDO)
        self.once()
        self.wake()

    def say(self, name: str, statement: str) -> None:
        took = self.measure(statement)
        print(f"{name:<28} {took.per_second:>9,.0f} {took.database:>12.0f} {took.client:>10.0f}", flush=True)
        self.sql.execute("select bench.remember(%s)", [self.calls])
        self.sql.execute("vacuum analyze public.workflow_executions, public.saved_action_runs, bench.done")

    def measure(self, statement: str, *, as_one: bool = False) -> Took:
        """Each client calls it for n from 1; all of them as the same person where `as_one`."""
        database, client = processor(self.postmaster), children()
        send_all = self.by_pgbench if shutil.which("pgbench") else self.by_psycopg
        seconds, calls = send_all(statement, as_one), self.calls * self.clients
        spent = processor(self.postmaster) - database
        return Took(calls, seconds, spent / calls * 1e6, (children() - client) / calls * 1e6)

    def by_pgbench(self, statement: str, as_one: bool) -> float:
        """Seconds it took. The first transaction of each client says who it is; pgbench counts it too."""
        said = [
            r"\if :begun = 0",
            f"{CLAIMS};",
            r"\set begun 1",
            r"\else",
            r"\set n :n + 1",
            f"{statement};",
            r"\endif",
        ]
        script = "\n".join(re.sub(r"\s+", " ", line).strip() for line in said)
        script = script.replace("{client}", "0" if as_one else ":client_id").replace("{n}", ":n") + "\n"
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
            file.write(script)
            file.flush()
            size = ["-c", str(self.clients), "-j", "2", "-t", str(self.calls + 1), "-D", "begun=0", "-D", "n=0"]
            command = ["pgbench", "-n", "-M", "prepared", *size, "-f", file.name, self.dsn]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        found = re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)
        if done.returncode or not found or "number of failed transactions: 0" not in done.stdout:
            raise SystemExit(f"{script}\n{done.stdout}\n{done.stderr}")
        return (self.calls + 1) * self.clients / float(found[1])

    def by_psycopg(self, statement: str, as_one: bool) -> float:
        began = time.perf_counter()
        with ProcessPoolExecutor(min(self.clients, 8)) as processes:
            people = [0 if as_one else client for client in range(self.clients)]
            jobs = [processes.submit(send, self.dsn, statement, person, self.calls) for person in people]
            for job in jobs:
                job.result()
        return time.perf_counter() - began

    def once(self) -> None:
        """The same two hundred starts and clicks by all clients at once, as one person."""
        self.sql.execute("select bench.forget_fresh()")
        some = "(1 + {n} % 200)"
        start = START.replace("KIND", "fresh").replace("{client}", "0").replace("{n}", some)
        click = self.snooze.replace("KEY", "once").replace("{client}", "0").replace("{n}", some)
        starts, clicks = self.measure(start, as_one=True), self.measure(click, as_one=True)
        runs, acts, snoozes = self.sql.execute("select * from bench.counted()").fetchone() or (0, 0, 0)
        print(f"{starts.calls:,} starts of 200 runs, all at once, {starts.per_second:,.0f} calls/s: {runs} runs")
        made = f"{acts} records, {snoozes} snoozes"
        print(f"{clicks.calls:,} clicks of 200 keys, all at once, {clicks.per_second:,.0f} calls/s: {made}")

    def wake(self) -> None:
        """Every run put away and over; eight workers until nothing is left."""
        due = self.one("select bench.put_all_away()")
        last = self.one("select coalesce(max(id), 0) from public.workflow_execution_events")
        began = time.perf_counter()
        with ThreadPoolExecutor(WAKERS) as threads:
            shares = list(threads.map(waker, [self.dsn] * WAKERS))
        seconds = time.perf_counter() - began
        count = "select count({}) from public.workflow_execution_events where kind = 'woke' and id > {}"
        woken, runs = self.one(count.format("*", last)), self.one(count.format("distinct execution_id", last))
        print(f"{WAKERS} wakers, {due:,} due: {woken:,} woken, {runs:,} different ones, {seconds:.1f} s; {shares}")


def send(dsn: str, text: str, client: int, calls: int) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(CLAIMS.replace("{client}", str(client)).encode())
        # A per cent sign is an operator here, and a placeholder to psycopg.
        statement = text.replace("%", "%%").replace("{client}", str(client)).replace("{n}", "%(n)s::int").encode()
        for batch in range(0, calls, 100):
            with connection.pipeline() as sent:
                for n in range(batch + 1, min(batch + 100, calls) + 1):
                    connection.execute(statement, {"n": n}, prepare=True)
                    sent.sync()


def waker(dsn: str) -> int:
    """How many it woke until nothing was left for it."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        woken, last = 0, -1
        while last:
            row = connection.execute("select public.wake_due_executions(500)").fetchone()
            last = row[0] if row else 0
            woken += last
        return woken


def processor(postmaster: int) -> float:
    """Seconds the server has computed: its children that live and those that ended."""
    family = [postmaster, *map(int, Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split())]
    ticks = 0
    for pid in family:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        ticks += sum(map(int, fields[11 : 15 if pid == postmaster else 13]))
    return ticks / TICK


def children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
