import json
import os
import socket
from pathlib import Path

from lib.local.errors import LocalStartError
from lib.local.paths import write_private_file
from lib.local.processes import wait_until


def is_port_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _read_stored_ports(path: Path) -> dict[str, int]:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return {str(name): int(port) for name, port in stored.items()}
    except (OSError, ValueError, AttributeError):
        return {}


def read_stored_port(path: Path, name: str) -> int | None:
    return _read_stored_ports(path).get(name)


def reserve_port(path: Path, name: str, *, wanted: str | None = None) -> int:
    """A free loopback port: `wanted`, else the last one, else any. Stored in `path`."""
    if wanted:
        port = _parse_requested_port(wanted)
        if not wait_until(lambda: is_port_free(port), timeout=1):
            raise LocalStartError(
                f"Port {port} is in use by another program.",
                hint="Set ZEN_LOCAL_PORT to a free port, or unset it to have one chosen.",
            )
    else:
        port = _read_stored_ports(path).get(name, 0)
        # A server that was just stopped may still hold it.
        if not port or not wait_until(lambda: is_port_free(port), timeout=1):
            port = _find_free_port()
    write_private_file(path, json.dumps(_read_stored_ports(path) | {name: port}))
    return port


def delete_stored_port(path: Path, name: str) -> None:
    write_private_file(path, json.dumps({key: port for key, port in _read_stored_ports(path).items() if key != name}))


def _parse_requested_port(text: str) -> int:
    if text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    raise LocalStartError(f"ZEN_LOCAL_PORT is {text!r}, which is no port.", hint="Use a number from 1 to 65535.")


def read_requested_port() -> str | None:
    return os.environ.get("ZEN_LOCAL_PORT") or None
