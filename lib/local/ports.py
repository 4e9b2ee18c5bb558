import json
import os
import socket
from pathlib import Path

from lib.local.errors import LocalStartError
from lib.local.layout import write_private
from lib.local.processes import wait_until


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _any_free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _remembered(path: Path) -> dict[str, int]:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return {str(name): int(port) for name, port in stored.items()}
    except (OSError, ValueError, AttributeError):
        return {}


def remembered_port(path: Path, name: str) -> int | None:
    return _remembered(path).get(name)


def port_for(path: Path, name: str, *, wanted: str | None = None) -> int:
    """A free loopback port: the one asked for by setting, else the one used last, else any; remembered in `path`."""
    if wanted:
        port = _parsed(wanted)
        if not wait_until(lambda: is_free(port), timeout=1):
            raise LocalStartError(
                f"Port {port} is in use by another program.",
                hint="Set ZEN_LOCAL_PORT to a free port, or unset it to have one chosen.",
            )
    else:
        port = _remembered(path).get(name, 0)
        # A server that was just stopped may still be letting go of it.
        if not port or not wait_until(lambda: is_free(port), timeout=1):
            port = _any_free()
    write_private(path, json.dumps(_remembered(path) | {name: port}))
    return port


def forget_port(path: Path, name: str) -> None:
    write_private(path, json.dumps({key: port for key, port in _remembered(path).items() if key != name}))


def _parsed(text: str) -> int:
    if text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    raise LocalStartError(f"ZEN_LOCAL_PORT is {text!r}, which is no port.", hint="Use a number from 1 to 65535.")


def wanted_port() -> str | None:
    return os.environ.get("ZEN_LOCAL_PORT") or None
