"""The local Supabase stack: Postgres, gateway, REST service and worker. Several processes may use one
(`lib.local.process_leases`)."""

import contextlib
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lib.errors import ZenError
from lib.local.errors import LocalStartError, translate_os_errors
from lib.local.gateway_process import (
    GatewayConfig,
    build_loopback_url,
    ensure_gateway,
    find_gateway_pid,
    find_running_rest_service,
    is_gateway_answering,
    stop_gateway,
)
from lib.local.migrations import apply_migrations
from lib.local.node_runtime import NodeRuntime, find_node_runtime
from lib.local.npm_packages import install_npm_packages
from lib.local.paths import LocalPaths, resolve_local_paths
from lib.local.ports import read_stored_port, reserve_port
from lib.local.postgres_process import (
    PostgresServer,
    delete_postgres_data,
    ensure_postgres,
    prepare_postgres_server,
    remove_orphaned_databases,
    stop_postgres,
)
from lib.local.postgrest_process import ensure_postgrest, is_postgrest_answering, stop_postgrest
from lib.local.process_leases import acquire_lease, has_live_leases, hold_file_lock, release_lease
from lib.local.seed_data import seed_database
from lib.local.supabase_keys import LocalKeys, read_local_keys, read_or_create_keys
from lib.local.worker_process import ensure_worker, find_worker_pid, stop_worker

Report = Callable[[str], None]


@dataclass(frozen=True)
class LocalStack:
    """Addresses and keys of a running local Supabase."""

    url: str
    app_key: str
    publishable_key: str
    secret_key: str
    database_url: str
    session_secret: str
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables for command lines: `lib.workflows`, `lib.demo`, the Supabase CLI."""
        return {
            "SUPABASE_URL": self.url,
            "SUPABASE_PUBLISHABLE_KEY": self.publishable_key,
            "SUPABASE_SECRET_KEY": self.secret_key,
            "DATABASE_URL": self.database_url,
        }

    @property
    def seed_environment(self) -> dict[str, str]:
        """Environment variables for seeding: answers of the demo are signed with the app's secret."""
        return {**self.environment, "ZEN_SESSION_SECRET": self.session_secret}

    @property
    def app_environment(self) -> dict[str, str]:
        """Environment variables for the app, without a privileged key."""
        return {
            "SUPABASE_URL": self.url,
            "SUPABASE_PUBLISHABLE_KEY": self.app_key,
            "ZEN_SESSION_SECRET": self.session_secret,
            "ZEN_LOCAL": "1",
        }


def start_stack(
    *,
    folder: Path | None = None,
    report: Report = print,
    seed: bool = True,
    rest: str | None = None,
    keep: bool = False,
) -> LocalStack:
    """Start the local Supabase, or use the one that runs. Creates, migrates and seeds what is missing.

    `rest` is "lite" or "postgrest"; by default what runs already, else ZEN_LOCAL_REST, else "lite". With `keep` the
    stack runs on after its last user has left. Raises LocalStartError.
    """
    paths, started_at = resolve_local_paths(folder), time.monotonic()
    with translate_os_errors(), hold_file_lock(paths.lock):
        before = find_gateway_pid(paths)
        acquire_lease(paths.leases)
        try:
            stack = _start_services(paths, rest, report)
            if seed:
                disks = (paths.folder, prepare_postgres_server(paths).home)
                seed_database(paths.seed_stamp, stack.seed_environment, report, disks=disks)
            ensure_worker(paths, stack.environment)
        except BaseException:
            with contextlib.suppress(ZenError, OSError):
                _release_lease_and_stop_unused(paths)
            raise
        if keep:
            paths.keep.touch()
        joined = before == find_gateway_pid(paths)
    report("Running already" if joined else f"Ready in {time.monotonic() - started_at:.0f} s")
    return stack


def stop_stack(*, folder: Path | None = None, report: Report = print) -> None:
    """Stop the stack, even if others use it. The data stays."""
    paths = resolve_local_paths(folder)
    if not paths.folder.exists():
        report("Nothing is running")
        return
    with translate_os_errors(), hold_file_lock(paths.lock):
        _stop_services_and_postgres(paths)
    report("Stopped")


def recreate_stack(
    *, folder: Path | None = None, report: Report = print, seed: bool = True, rest: str | None = None
) -> LocalStack:
    """Delete the database and create it again. Keys and ports stay."""
    paths = resolve_local_paths(folder)
    keep = paths.keep.exists()
    with translate_os_errors(), hold_file_lock(paths.lock):
        delete_postgres_data(_stop_services(paths))
        paths.seed_stamp.unlink(missing_ok=True)
    return start_stack(folder=folder, report=report, seed=seed, rest=rest, keep=keep)


def remove_stack(*, folder: Path | None = None, report: Report = print) -> None:
    """Stop the stack and delete its data, keys and logs."""
    paths = resolve_local_paths(folder)
    if paths.folder.exists():
        with translate_os_errors(), hold_file_lock(paths.lock):
            server = _stop_services(paths)
            delete_postgres_data(server)
            shutil.rmtree(server.home, ignore_errors=True)
            shutil.rmtree(paths.folder, ignore_errors=True)
    report("Removed")


def find_running_stack(*, folder: Path | None = None) -> LocalStack | None:
    """The running stack, or None. Changes nothing."""
    paths = resolve_local_paths(folder)
    keys = read_local_keys(paths.keys)
    if keys is None or not is_gateway_answering(paths, keys):
        return None
    return _build_stack(paths, keys)


def release_stack(stack: LocalStack) -> None:
    """End one use of the stack by this process. The last user stops it, unless it was started with `keep`."""
    paths = LocalPaths(stack.folder)
    if not paths.folder.exists():
        return
    with hold_file_lock(paths.lock):
        _release_lease_and_stop_unused(paths)


def restart_ended_worker(stack: LocalStack) -> bool:
    """Start the stack's worker again if it has ended. Cheap while it runs. Returns True if it had to be started."""
    paths = LocalPaths(stack.folder)
    if find_worker_pid(paths) or not paths.folder.exists():
        return False
    with translate_os_errors(), hold_file_lock(paths.lock):
        if find_gateway_pid(paths) is None:  # the stack was stopped meanwhile
            return False
        ensure_worker(paths, stack.environment)
        return find_worker_pid(paths) is not None


def _release_lease_and_stop_unused(paths: LocalPaths) -> None:
    release_lease(paths.leases)
    if not has_live_leases(paths.leases) and not paths.keep.exists():
        _stop_services_and_postgres(paths)


def _start_services(paths: LocalPaths, rest: str | None, report: Report) -> LocalStack:
    remove_orphaned_databases()
    server = prepare_postgres_server(paths)
    keys = read_or_create_keys(paths.keys)
    chosen = _require_known_rest_service(
        rest or find_running_rest_service(paths) or os.environ.get("ZEN_LOCAL_REST") or "lite"
    )
    port = ensure_postgres(server, paths, keys, report)
    if chosen == "postgrest" and not is_postgrest_answering(paths):
        reserve_port(paths.ports, "postgrest")
    ensure_gateway(
        GatewayConfig(paths, keys, server, port, chosen),
        install=lambda: _install_gateway(paths, report, everything=chosen != "lite"),
    )
    stack = _build_stack(paths, keys)
    applied = apply_migrations(stack.database_url, report)
    if chosen == "postgrest":
        ensure_postgrest(paths, keys, server, port, restart=applied > 0)
    else:
        stop_postgrest(paths)
    return stack


def _install_gateway(paths: LocalPaths, report: Report, *, everything: bool) -> tuple[NodeRuntime, Path]:
    found = find_node_runtime()
    return found, install_npm_packages(paths, found, everything=everything, report=report)


def _require_known_rest_service(chosen: str) -> str:
    if chosen in ("lite", "postgrest"):
        return chosen
    raise LocalStartError(f"There is no REST service named {chosen!r}.", hint="Use lite or postgrest.")


def _stop_services_and_postgres(paths: LocalPaths) -> None:
    stop_postgres(_stop_services(paths))


def _stop_services(paths: LocalPaths) -> PostgresServer:
    """Stop worker, gateway and REST service. Returns the database server."""
    paths.keep.unlink(missing_ok=True)
    stop_worker(paths)
    stop_gateway(paths)
    stop_postgrest(paths)
    return prepare_postgres_server(paths)


def _build_stack(paths: LocalPaths, keys: LocalKeys) -> LocalStack:
    port = read_stored_port(paths.ports, "postgres")
    return LocalStack(
        url=build_loopback_url(read_stored_port(paths.ports, "gateway") or 0),
        app_key=keys.app_key,
        publishable_key=keys.publishable_key,
        secret_key=keys.secret_key,
        database_url=f"postgresql://postgres:{keys.database_password}@127.0.0.1:{port}/postgres",
        session_secret=keys.session_secret,
        folder=paths.folder,
    )
