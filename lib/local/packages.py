"""The gateway's npm packages, installed beside its source, or in the data folder when the checkout is read-only."""

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from lib.local.errors import LocalStartError, no_space, says_no_space
from lib.local.layout import GATEWAY_SOURCE, Layout, write_private
from lib.local.node import Node

_NO_NETWORK = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH", "ENOTCACHED")
_NPM = ("--no-audit", "--no-fund", "--no-progress", "--loglevel=error")
_PATIENCE = {
    "NPM_CONFIG_FETCH_RETRIES": "2",
    "NPM_CONFIG_FETCH_RETRY_MINTIMEOUT": "1000",
    "NPM_CONFIG_FETCH_RETRY_MAXTIMEOUT": "4000",
    "NPM_CONFIG_FETCH_TIMEOUT": "60000",
}


def home_of(layout: Layout) -> Path:
    """The folder that holds, or will hold, gateway.mjs with its node_modules."""
    return GATEWAY_SOURCE if os.access(GATEWAY_SOURCE, os.W_OK) or _stamp(GATEWAY_SOURCE).exists() else layout.packages


def ensure_packages(layout: Layout, node: Node, *, everything: bool, report: Callable[[str], None]) -> Path:
    """Install the packages unless the lock file is the one they came from; returns their home.

    `everything` adds the development ones (PostgREST, the Supabase CLI).
    """
    home = home_of(layout)
    if home != GATEWAY_SOURCE:
        _copy_source(home)
    wanted = hashlib.sha256((home / "package-lock.json").read_bytes()).hexdigest()
    if _installed(home, wanted, everything):
        return home
    with (home / ".npm.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _installed(home, wanted, everything):
            report("Installing the gateway's packages")
            _install(home, node, wanted, everything=everything, log=layout.npm_log)
    return home


def _copy_source(home: Path) -> None:
    home.mkdir(exist_ok=True)
    for file in [*GATEWAY_SOURCE.glob("*.mjs"), *GATEWAY_SOURCE.glob("package*.json")]:
        shutil.copyfile(file, home / file.name)


def _stamp(home: Path) -> Path:
    return home / "node_modules" / ".zen-installed"


def _installed(home: Path, wanted: str, everything: bool) -> bool:
    try:
        stamp = _stamp(home).read_text().split()
    except OSError:
        return False
    return stamp[:1] == [wanted] and (not everything or "all" in stamp)


def _install(home: Path, node: Node, wanted: str, *, everything: bool, log: Path) -> None:
    # Adding the development packages must not remove those that a running gateway has loaded: no `ci` then.
    adding = everything and _installed(home, wanted, everything=False)
    verb = ["install", "--no-save"] if adding else ["ci"]
    scope = "--include=dev" if everything else "--omit=dev"
    path = f"{node.program.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    _stamp(home).unlink(missing_ok=True)  # killed in the middle, what is there must not pass for whole
    done = subprocess.run(  # noqa: S603
        [*node.npm, *verb, scope, *_NPM],
        cwd=home,
        env=os.environ | _PATIENCE | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        if adding:  # npm took back what it began; the rest is as it was
            _stamp(home).write_text(f"{wanted} runtime")
        raise _failure(done.stdout + done.stderr, log)
    _stamp(home).write_text(f"{wanted} {'all' if everything else 'runtime'}")


def _failure(said: str, log: Path) -> LocalStartError:
    if says_no_space(said):
        return no_space("the gateway's packages")
    write_private(log, said)
    if any(code in said for code in _NO_NETWORK):
        return LocalStartError(
            "The gateway's packages could not be downloaded: the package registry does not answer.",
            hint="Check the network and start again; it is needed on the first start only.",
        )
    return LocalStartError(
        "The gateway's packages could not be installed.",
        hint=f"The installer's log is {log}; delete supabase/local/node_modules and start again.",
    )
