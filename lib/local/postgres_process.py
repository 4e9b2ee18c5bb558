"""The local Postgres server: create, start, repair after a crash, stop.

It listens on loopback with a password, and without one on a unix socket in a folder that only we may enter. The
superuser connects by that socket only, so that losing the stored passwords loses no data.
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
from psycopg.conninfo import make_conninfo

from lib.local.errors import LocalStartError, build_disk_full_error, reports_full_disk
from lib.local.os_account import OsAccount, find_postgres_account, require_passwd_entry
from lib.local.paths import (
    OWNER_FILE,
    LocalPaths,
    create_log_file,
    create_private_folder,
    find_orphaned_database_folders,
)
from lib.local.ports import delete_stored_port, read_stored_port, reserve_port
from lib.local.postgres_binaries import PostgresBinaries, find_postgres_binaries, require_same_postgres_version
from lib.local.processes import (
    find_pids_in_folder,
    find_running_pid,
    is_process_alive,
    start_detached_process,
    stop_process,
    wait_until,
)
from lib.local.supabase_keys import LocalKeys

SUPERUSER = "supabase_admin"
BOOTSTRAP = Path(__file__).with_name("bootstrap.sql")
_MAX_SOCKET_PATH = 107  # bytes, set by the operating system
_PG_HBA = f"""local all all trust
host all {SUPERUSER} 127.0.0.1/32 reject
host all all 127.0.0.1/32 scram-sha-256
"""
# "trust" holds until our pg_hba.conf is written, before the first start.
_INITDB_OPTIONS = ("-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-k")
_OLDEST_BUILTIN_LOCALES = 17  # older ones take the locale from the operating system
_SERVER_OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "100",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "password_encryption": "scram-sha-256",
}


@dataclass(frozen=True)
class PostgresServer:
    """The programs, data and account of one Postgres server."""

    home: Path
    account: OsAccount
    binaries: PostgresBinaries

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "postgres.log"

    @property
    def sockets(self) -> Path:
        inside = self.home / "run"
        if len(f"{inside}/.s.PGSQL.65535.lock") <= _MAX_SOCKET_PATH:
            return inside
        return Path(tempfile.gettempdir()) / f"zen-{sha256(str(self.home).encode()).hexdigest()[:12]}"

    @property
    def pid(self) -> int | None:
        return find_running_pid(self.data / "postmaster.pid", f"-D {self.data} ")

    def dsn(self, port: int, *, user: str = SUPERUSER) -> str:
        """Connection string for the private socket, without a password."""
        return make_conninfo(host=str(self.sockets), port=port, user=user, dbname="postgres", connect_timeout=5)


def prepare_postgres_server(paths: LocalPaths) -> PostgresServer:
    account = find_postgres_account()
    create_private_folder(paths.folder, account)
    home = paths.database_home(account)
    create_private_folder(home, account)
    (home / OWNER_FILE).write_text(str(paths.folder))
    return PostgresServer(home=home, account=account, binaries=find_postgres_binaries(account, home))


def ensure_postgres(server: PostgresServer, paths: LocalPaths, keys: LocalKeys, report: Callable[[str], None]) -> int:
    """Create and start the database if need be. Returns its port."""
    require_same_postgres_version(server.data, server.binaries)
    if not (server.data / "complete").exists():
        report("Creating the database")
        _create_cluster(server)
    port = read_stored_port(paths.ports, "postgres")
    if not (server.pid and port and _is_postgres_answering(server, port)):
        stop_postgres(server)
        port = _start_on_free_port(server, paths)
    _run_bootstrap_sql(server, port, keys)
    return port


def stop_postgres(server: PostgresServer, *, at_once: bool = False) -> None:
    """Stop cleanly, or `at_once` if the data is deleted anyway."""
    pid = server.pid
    if pid:
        stop_process(pid, ask=signal.SIGQUIT if at_once else signal.SIGINT, patience=20)


def delete_postgres_data(server: PostgresServer) -> None:
    """Stop the server and delete its data."""
    stop_postgres(server, at_once=True)
    shutil.rmtree(server.data, ignore_errors=True)


def remove_orphaned_databases() -> None:
    """Stop and delete databases in /var/tmp (see `lib.local.paths`) whose folder has been deleted."""
    account = find_postgres_account()
    for home in find_orphaned_database_folders(account):
        stop_postgres(PostgresServer(home, account, PostgresBinaries(home)), at_once=True)
        shutil.rmtree(home, ignore_errors=True)


def _create_account_folder(path: Path, account: OsAccount, mode: int) -> None:
    """Create a private folder of the account. Raises LocalStartError if it belongs to somebody else."""
    path.mkdir(mode=mode, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (account.uid, os.geteuid()):
        raise LocalStartError(f"{path} belongs to somebody else.", hint="Remove it, or set ZEN_LOCAL_DIR.")
    if not account.is_ours:
        os.chown(path, account.uid, account.gid)
    path.chmod(mode)


def _create_cluster(server: PostgresServer) -> None:
    require_passwd_entry(server.account)
    if server.pid:
        stop_postgres(server)
    shutil.rmtree(server.data, ignore_errors=True)
    _create_account_folder(server.data, server.account, 0o700)
    command = [str(server.binaries.initdb), "-D", str(server.data), "-U", SUPERUSER, *_INITDB_OPTIONS]
    if int(server.binaries.major) >= _OLDEST_BUILTIN_LOCALES:
        command.append("--locale-provider=builtin")
    done = run(  # noqa: S603
        command, capture_output=True, text=True, check=False, cwd=server.data, **server.account.subprocess_arguments
    )
    if done.returncode:
        shutil.rmtree(server.data, ignore_errors=True)
        if reports_full_disk(done.stderr + done.stdout):
            raise build_disk_full_error("the local database")
        raise LocalStartError(
            "The local database could not be created.", hint=f"Postgres says: {_extract_last_line(done.stderr)}"
        )
    try:
        (server.data / "pg_hba.conf").write_text(_PG_HBA)
        (server.data / "complete").touch()
    except OSError as error:
        raise build_disk_full_error("the local database") from error


def _start_on_free_port(server: PostgresServer, paths: LocalPaths) -> int:
    _create_account_folder(server.sockets, server.account, 0o700)
    _delete_stale_server_files(server)
    for _ in range(4):
        port = reserve_port(paths.ports, "postgres")
        pid = _launch_postgres_process(server, port)
        wait_until(lambda: _is_postgres_answering(server, port) or not is_process_alive(pid), timeout=60)  # noqa: B023
        if _is_postgres_answering(server, port):
            return port
        output = server.log.read_text(errors="replace")
        if reports_full_disk(output):
            raise build_disk_full_error("the local database")
        if "could not bind" in output:
            delete_stored_port(paths.ports, "postgres")  # another program took it in the meantime
        else:
            time.sleep(0.5)  # processes of a killed server may still be ending
    raise LocalStartError(
        "The local database does not start.", hint=f"Its log is {server.log}; python -m lib.local reset begins anew."
    )


def _launch_postgres_process(server: PostgresServer, port: int) -> int:
    options = [f"--{name}={value}" for name, value in _SERVER_OPTIONS.items()]
    create_log_file(server.log)
    if not server.account.is_ours:
        os.chown(server.log, server.account.uid, server.account.gid)
    return start_detached_process(
        [server.binaries.postgres, "-D", server.data, "-p", str(port), "-k", server.sockets, *options],
        log=server.log,
        env={"PATH": os.defpath, "LC_ALL": "C"},
        cwd=server.data,
        **server.account.subprocess_arguments,
    )


def _is_postgres_answering(server: PostgresServer, port: int) -> bool:
    try:
        with psycopg.connect(server.dsn(port)) as connection:
            row = connection.execute("show data_directory").fetchone()
    except psycopg.Error:
        return False
    return row is not None and Path(row[0]) == server.data


def _delete_stale_server_files(server: PostgresServer) -> None:
    """Remove the pid and socket files of a killed server."""
    # Postgres does so itself unless the pid is in use: by another program, or by the dead server's own zombie, which
    # stays where pid 1 collects none, as in many containers.
    if server.pid:
        return
    wait_until(lambda: not find_pids_in_folder(server.data), timeout=5)
    for pid in find_pids_in_folder(server.data):
        stop_process(pid, ask=signal.SIGQUIT, patience=2)
    for file in (server.data / "postmaster.pid", *server.sockets.glob(".s.PGSQL.*")):
        file.unlink(missing_ok=True)


def _run_bootstrap_sql(server: PostgresServer, port: int, keys: LocalKeys) -> None:
    with psycopg.connect(server.dsn(port), autocommit=True) as connection:
        connection.execute(BOOTSTRAP.read_bytes())
        connection.execute(f"alter role postgres password '{keys.database_password}'".encode())


def _extract_last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "nothing"
