import hashlib
import json
import os
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lib.local.errors import LocalStartError, build_disk_full_error, reports_full_disk
from lib.local.node_runtime import NodeRuntime
from lib.local.paths import GATEWAY_SOURCE, LocalPaths, create_log_file, write_private_file
from lib.local.ports import delete_stored_port, read_requested_port, read_stored_port, reserve_port
from lib.local.postgres_process import PostgresServer
from lib.local.postgrest_process import find_postgrest_port
from lib.local.processes import find_running_pid, is_process_alive, start_detached_process, stop_process, wait_until
from lib.local.supabase_keys import LocalKeys

_ENVIRONMENT = {"LITE_TELEMETRY": "0", "DO_NOT_TRACK": "1", "NODE_ENV": "production"}


@dataclass(frozen=True)
class GatewayConfig:
    """What the gateway is started with. `rest` is "lite" or "postgrest"."""

    paths: LocalPaths
    keys: LocalKeys
    server: PostgresServer
    database_port: int
    rest: str

    def build_gateway_settings(self, port: int) -> dict[str, str | int | None]:
        """The content of gateway.json. A gateway that runs with other settings is restarted."""
        paths, keys = self.paths, self.keys
        return {
            "instance": keys.instance,
            "source": _hash_gateway_source(),
            "port": port,
            "site_url": build_loopback_url(port),
            "database_socket": f"{self.server.sockets}/.s.PGSQL.{self.database_port}",
            "jwt_secret": keys.jwt_secret,
            "app_key": keys.app_key,
            "publishable_key": keys.publishable_key,
            "secret_key": keys.secret_key,
            "rest": self.rest,
            "postgrest_url": build_loopback_url(find_postgrest_port(paths)) if self.rest == "postgrest" else None,
            "pid_file": str(paths.gateway_pid),
            "mail_file": str(paths.mail),
        }


def build_loopback_url(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def is_gateway_answering(paths: LocalPaths, keys: LocalKeys) -> bool:
    """True if this folder's own gateway answers on its stored port."""
    port = read_stored_port(paths.ports, "gateway")
    if not port or not find_gateway_pid(paths):
        return False
    try:
        with urllib.request.urlopen(f"{build_loopback_url(port)}/health", timeout=5) as response:  # noqa: S310
            return bool(json.load(response).get("instance") == keys.instance)
    except (OSError, ValueError, AttributeError):
        return False


def find_running_rest_service(paths: LocalPaths) -> str | None:
    """The REST service of the running gateway; None if none runs."""
    return str(_read_gateway_settings(paths).get("rest")) if find_gateway_pid(paths) else None


def ensure_gateway(config: GatewayConfig, *, install: Callable[[], tuple[NodeRuntime, Path]]) -> None:
    """Start the gateway unless it answers already, with the same settings.

    `install` is called before a start only; it returns Node and the folder of gateway.mjs with its packages.
    """
    paths = config.paths
    port, wanted = read_stored_port(paths.ports, "gateway"), read_requested_port()
    same = (
        port
        and wanted in (None, str(port))
        and find_gateway_pid(paths)
        and _read_gateway_settings(paths) == config.build_gateway_settings(port)
    )
    if same and is_gateway_answering(paths, config.keys):
        return
    stop_gateway(paths)
    node, home = install()
    for _ in range(3):
        port = reserve_port(paths.ports, "gateway", wanted=wanted)
        write_private_file(paths.gateway_settings, json.dumps(config.build_gateway_settings(port), indent=2))
        output = _start_gateway(config, [node.program, home / "gateway.mjs", paths.gateway_settings])
        if output is None:
            return
        if "EADDRINUSE" not in output:
            raise _build_gateway_start_error(paths, output)
        delete_stored_port(paths.ports, "gateway")  # another program took it in the meantime
    raise _build_gateway_start_error(paths, "")


def stop_gateway(paths: LocalPaths) -> None:
    pid = find_gateway_pid(paths)
    if pid:
        stop_process(pid)
    paths.gateway_pid.unlink(missing_ok=True)


def find_gateway_pid(paths: LocalPaths) -> int | None:
    return find_running_pid(paths.gateway_pid, str(paths.gateway_settings))


def _read_gateway_settings(paths: LocalPaths) -> dict[str, str | int | None]:
    try:
        stored = json.loads(paths.gateway_settings.read_text(encoding="utf-8"))
        return stored if isinstance(stored, dict) else {}
    except (OSError, ValueError):
        return {}


def _hash_gateway_source() -> str:
    files = [*sorted(GATEWAY_SOURCE.glob("*.mjs")), GATEWAY_SOURCE / "package-lock.json"]
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()[:16]


def _start_gateway(config: GatewayConfig, command: Sequence[Path]) -> str | None:
    """Start the gateway. Returns None once it answers, or the log of one that does not."""
    paths = config.paths
    create_log_file(paths.gateway_log)
    pid = start_detached_process(
        command,
        log=paths.gateway_log,
        env=os.environ | _ENVIRONMENT,
        cwd=paths.folder,
    )
    wait_until(lambda: is_gateway_answering(paths, config.keys) or not is_process_alive(pid), timeout=30)
    if is_gateway_answering(paths, config.keys):
        return None
    if is_process_alive(pid):
        stop_process(pid, patience=1)
    return paths.gateway_log.read_text(errors="replace")


def _build_gateway_start_error(paths: LocalPaths, output: str) -> LocalStartError:
    if reports_full_disk(output):
        return build_disk_full_error("the gateway's files")
    return LocalStartError(
        "The local API does not start.", hint=f"Its log is {paths.gateway_log}; python -m lib.local reset begins anew."
    )
