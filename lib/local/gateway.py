import hashlib
import json
import os
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lib.local import postgrest, processes
from lib.local.errors import LocalStartError, no_space, says_no_space
from lib.local.keys import Keys
from lib.local.layout import GATEWAY_SOURCE, Layout, fresh_log, write_private
from lib.local.node import Node
from lib.local.ports import forget_port, port_for, remembered_port, wanted_port
from lib.local.postgres import Server

_QUIET = {"LITE_TELEMETRY": "0", "DO_NOT_TRACK": "1", "NODE_ENV": "production"}


@dataclass(frozen=True)
class Plan:
    """What a gateway is started for."""

    layout: Layout
    keys: Keys
    server: Server
    database_port: int
    rest: str

    def settings(self, port: int) -> dict[str, str | int | None]:
        """Also tells whether a running gateway is the one wanted now, so it holds all that would call for a restart."""
        layout, keys = self.layout, self.keys
        return {
            "instance": keys.instance,
            "source": _source(),
            "port": port,
            "site_url": url_of(port),
            "database_socket": f"{self.server.sockets}/.s.PGSQL.{self.database_port}",
            "jwt_secret": keys.jwt_secret,
            "publishable_key": keys.publishable_key,
            "secret_key": keys.secret_key,
            "rest": self.rest,
            "postgrest_url": url_of(postgrest.port_of(layout)) if self.rest == "postgrest" else None,
            "pid_file": str(layout.gateway_pid),
            "mail_file": str(layout.mail),
        }


def url_of(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def answers(layout: Layout, keys: Keys) -> bool:
    """Whether the remembered port is served by this folder's own gateway."""
    port = remembered_port(layout.ports, "gateway")
    if not port or not running_pid(layout):
        return False
    try:
        with urllib.request.urlopen(f"{url_of(port)}/health", timeout=5) as response:  # noqa: S310
            return bool(json.load(response).get("instance") == keys.instance)
    except (OSError, ValueError, AttributeError):
        return False


def running_rest(layout: Layout) -> str | None:
    """Which REST service the running gateway uses; None when none runs."""
    return str(_stored(layout).get("rest")) if running_pid(layout) else None


def ensure_running(plan: Plan, *, install: Callable[[], tuple[Node, Path]]) -> None:
    """Start the gateway unless the wanted one runs and answers.

    `install` returns the Node to use and the folder with gateway.mjs and its packages; called before a start only.
    """
    layout = plan.layout
    port, wanted = remembered_port(layout.ports, "gateway"), wanted_port()
    same = port and wanted in (None, str(port)) and running_pid(layout) and _stored(layout) == plan.settings(port)
    if same and answers(layout, plan.keys):
        return
    stop(layout)
    node, home = install()
    for _ in range(3):
        port = port_for(layout.ports, "gateway", wanted=wanted)
        write_private(layout.gateway_settings, json.dumps(plan.settings(port), indent=2))
        said = _start(plan, [node.program, home / "gateway.mjs", layout.gateway_settings])
        if said is None:
            return
        if "EADDRINUSE" not in said:
            raise _failure(layout, said)
        forget_port(layout.ports, "gateway")  # somebody took it in the meantime
    raise _failure(layout, "")


def stop(layout: Layout) -> None:
    pid = running_pid(layout)
    if pid:
        processes.stop(pid)
    layout.gateway_pid.unlink(missing_ok=True)


def running_pid(layout: Layout) -> int | None:
    return processes.running(layout.gateway_pid, str(layout.gateway_settings))


def _stored(layout: Layout) -> dict[str, str | int | None]:
    try:
        stored = json.loads(layout.gateway_settings.read_text(encoding="utf-8"))
        return stored if isinstance(stored, dict) else {}
    except (OSError, ValueError):
        return {}


def _source() -> str:
    files = [*sorted(GATEWAY_SOURCE.glob("*.mjs")), GATEWAY_SOURCE / "package-lock.json"]
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()[:16]


def _start(plan: Plan, command: Sequence[Path]) -> str | None:
    """Start it and wait until it answers; returns None then, else what its log says."""
    layout = plan.layout
    fresh_log(layout.gateway_log)
    pid = processes.start_detached(
        command,
        log=layout.gateway_log,
        env=os.environ | _QUIET,
        cwd=layout.folder,
    )
    processes.wait_until(lambda: answers(layout, plan.keys) or not processes.alive(pid), timeout=30)
    if answers(layout, plan.keys):
        return None
    if processes.alive(pid):
        processes.stop(pid, patience=1)
    return layout.gateway_log.read_text(errors="replace")


def _failure(layout: Layout, said: str) -> LocalStartError:
    if says_no_space(said):
        return no_space("the gateway's files")
    return LocalStartError(
        "The local API does not start.", hint=f"Its log is {layout.gateway_log}; python -m lib.local reset begins anew."
    )
