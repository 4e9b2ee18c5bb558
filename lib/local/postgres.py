"""The local Postgres server: made once, started, healed and stopped.

It listens on loopback with a password, and on a unix socket in a folder only we may enter, without one. The superuser
comes in by that socket alone, so the stored passwords can be lost without losing the data.
"""

import os
import shutil
import signal
import stat
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from subprocess import run

import psycopg

from lib.local import processes
from lib.local.account import Account, postgres_account
from lib.local.binaries import MAJOR, Binaries, find_binaries
from lib.local.errors import LocalStartError, no_space, says_no_space
from lib.local.keys import Keys
from lib.local.layout import OWNER, Layout, abandoned_homes, fresh_log, make_private
from lib.local.ports import forget_port, port_for, remembered_port

SUPERUSER = "supabase_admin"
BOOTSTRAP = Path(__file__).with_name("bootstrap.sql")
_LONGEST_SOCKET = 107
_HBA = f"""local all all trust
host all {SUPERUSER} 127.0.0.1/32 reject
host all all 127.0.0.1/32 scram-sha-256
"""
# "trust" lasts until our own pg_hba.conf is written, before the first start.
_INITDB = ("-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--locale-provider=builtin", "--no-sync", "-k")
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "100",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "password_encryption": "scram-sha-256",
}


@dataclass(frozen=True)
class Server:
    """One Postgres installation and its data; `port` is known once it runs."""

    home: Path
    account: Account
    binaries: Binaries

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "postgres.log"

    @property
    def sockets(self) -> Path:
        inside = self.home / "run"
        if len(f"{inside}/.s.PGSQL.65535.lock") <= _LONGEST_SOCKET:
            return inside
        return Path(tempfile.gettempdir()) / f"zen-{sha256(str(self.home).encode()).hexdigest()[:12]}"

    @property
    def pid(self) -> int | None:
        return processes.running(self.data / "postmaster.pid", f"-D {self.data} ")

    def dsn(self, port: int, *, user: str = SUPERUSER) -> str:
        """By the private socket, without a password."""
        return f"host={self.sockets} port={port} user={user} dbname=postgres connect_timeout=5"


def server_for(layout: Layout) -> Server:
    account = postgres_account()
    make_private(layout.folder, account)
    home = layout.database_home(account)
    make_private(home, account)
    (home / OWNER).write_text(str(layout.folder))
    return Server(home=home, account=account, binaries=find_binaries(account, home))


def ensure_running(server: Server, layout: Layout, keys: Keys, report: Callable[[str], None]) -> int:
    """Create the database if there is none, start it if it is down, and return its port."""
    _check_version(server)
    if not (server.data / "complete").exists():
        report("Creating the database")
        _create(server)
    port = remembered_port(layout.ports, "postgres")
    if not (server.pid and port and _answers(server, port)):
        stop(server)
        port = _start(server, layout)
    _bootstrap(server, port, keys)
    return port


def stop(server: Server, *, at_once: bool = False) -> None:
    """Stop in good order; `at_once` where the data is thrown away anyway."""
    pid = server.pid
    if pid:
        processes.stop(pid, ask=signal.SIGQUIT if at_once else signal.SIGINT, patience=20)


def erase(server: Server) -> None:
    """Stop the server and delete its data."""
    stop(server, at_once=True)
    shutil.rmtree(server.data, ignore_errors=True)


def sweep() -> None:
    """Stop and delete databases whose folder is gone: only root, whose data may stand elsewhere, leaves such."""
    account = postgres_account()
    for home in abandoned_homes(account):
        stop(Server(home, account, Binaries(home)), at_once=True)
        shutil.rmtree(home, ignore_errors=True)


def _check_version(server: Server) -> None:
    try:
        version = (server.data / "PG_VERSION").read_text().strip()
    except OSError:
        return
    if version and version != MAJOR:
        raise LocalStartError(
            f"The local database was made by Postgres {version}; this version of Zen uses Postgres {MAJOR}.",
            hint="Run: python -m lib.local reset (this empties the local database).",
        )


def _own(path: Path, account: Account, mode: int) -> None:
    """Make a private folder for the account, and refuse one that somebody else put there."""
    path.mkdir(mode=mode, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (account.uid, os.geteuid()):
        raise LocalStartError(f"{path} belongs to somebody else.", hint="Remove it, or set ZEN_LOCAL_DIR.")
    if not account.same_as_ours:
        os.chown(path, account.uid, account.gid)
    path.chmod(mode)


def _create(server: Server) -> None:
    if server.pid:
        stop(server)
    shutil.rmtree(server.data, ignore_errors=True)
    _own(server.data, server.account, 0o700)
    command = [str(server.binaries.initdb), "-D", str(server.data), "-U", SUPERUSER, *_INITDB]
    done = run(command, capture_output=True, text=True, check=False, cwd=server.data, **server.account.switch)  # noqa: S603
    if done.returncode:
        shutil.rmtree(server.data, ignore_errors=True)
        if says_no_space(done.stderr + done.stdout):
            raise no_space("the local database")
        raise LocalStartError(
            "The local database could not be created.", hint=f"Postgres says: {_last_line(done.stderr)}"
        )
    try:
        (server.data / "pg_hba.conf").write_text(_HBA)
        (server.data / "complete").touch()
    except OSError as error:
        raise no_space("the local database") from error


def _start(server: Server, layout: Layout) -> int:
    _own(server.sockets, server.account, 0o700)
    _clear_remains(server)
    for _ in range(4):
        port = port_for(layout.ports, "postgres")
        pid = _launch(server, port)
        processes.wait_until(lambda: _answers(server, port) or not processes.alive(pid), timeout=60)  # noqa: B023
        if _answers(server, port):
            return port
        said = server.log.read_text(errors="replace")
        if says_no_space(said):
            raise no_space("the local database")
        if "could not bind" in said:
            forget_port(layout.ports, "postgres")  # somebody took it in the meantime
        else:
            time.sleep(0.5)  # the last processes of a killed server may still be ending
    raise LocalStartError(
        "The local database does not start.", hint=f"Its log is {server.log}; python -m lib.local reset begins anew."
    )


def _launch(server: Server, port: int) -> int:
    options = [f"--{name}={value}" for name, value in _SETTINGS.items()]
    fresh_log(server.log)
    if not server.account.same_as_ours:
        os.chown(server.log, server.account.uid, server.account.gid)
    return processes.start_detached(
        [server.binaries.postgres, "-D", server.data, "-p", str(port), "-k", server.sockets, *options],
        log=server.log,
        env={"PATH": os.defpath, "LC_ALL": "C"},
        cwd=server.data,
        **server.account.switch,
    )


def _answers(server: Server, port: int) -> bool:
    try:
        with psycopg.connect(server.dsn(port)) as connection:
            row = connection.execute("show data_directory").fetchone()
    except psycopg.Error:
        return False
    return row is not None and Path(row[0]) == server.data


def _clear_remains(server: Server) -> None:
    """Remove the pid and socket files of a server that was killed, once its last processes have ended.

    Postgres does that itself unless the pid is in use: by another program, or by the dead server's own entry, which
    stays where nothing collects the dead, as in many containers.
    """
    if server.pid:
        return
    processes.wait_until(lambda: not processes.working_in(server.data), timeout=5)
    for pid in processes.working_in(server.data):
        processes.stop(pid, ask=signal.SIGQUIT, patience=2)
    for file in (server.data / "postmaster.pid", *server.sockets.glob(".s.PGSQL.*")):
        file.unlink(missing_ok=True)


def _bootstrap(server: Server, port: int, keys: Keys) -> None:
    with psycopg.connect(server.dsn(port), autocommit=True) as connection:
        connection.execute(BOOTSTRAP.read_bytes())
        connection.execute(f"alter role postgres password '{keys.database_password}'".encode())


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "nothing"
