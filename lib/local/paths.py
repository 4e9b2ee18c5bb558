"""Folders and files of the local Supabase: one git-ignored folder, with two exceptions.

- `ZEN_LOCAL_DIR` names another folder, for instance when the checkout is read-only.
- Postgres refuses to run as root. When root starts it in a folder that other accounts cannot enter, the database is in
  a folder of its own in /var/tmp (which survives a restart of the machine), named by a hash of the folder's path.
"""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from lib.local.errors import LocalStartError
from lib.local.os_account import OsAccount, can_enter_folder

REPOSITORY = Path(__file__).resolve().parents[2]
GATEWAY_SOURCE = REPOSITORY / "supabase" / "local"
MIGRATIONS = REPOSITORY / "supabase" / "migrations"

OWNER_FILE = "folder"  # in a database's folder: names the local Supabase's folder it belongs to
_PREFIX = "zen-database-"


@dataclass(frozen=True)
class LocalPaths:
    folder: Path

    @property
    def keys(self) -> Path:
        return self.folder / "keys.json"

    @property
    def ports(self) -> Path:
        return self.folder / "ports.json"

    @property
    def lock(self) -> Path:
        return self.folder / "lock"

    @property
    def leases(self) -> Path:
        return self.folder / "leases"

    @property
    def keep(self) -> Path:
        """Exists while the stack runs on without users."""
        return self.folder / "keep"

    @property
    def seed_stamp(self) -> Path:
        return self.folder / "seeded.json"

    @property
    def mail(self) -> Path:
        return self.folder / "mail.log"

    @property
    def packages(self) -> Path:
        """The gateway with its npm packages, when the checkout is read-only."""
        return self.folder / "gateway"

    @property
    def npm_log(self) -> Path:
        return self.folder / "npm.log"

    @property
    def gateway_settings(self) -> Path:
        return self.folder / "gateway.json"

    @property
    def gateway_pid(self) -> Path:
        return self.folder / "gateway.pid"

    @property
    def gateway_log(self) -> Path:
        return self.folder / "gateway.log"

    @property
    def worker_pid(self) -> Path:
        return self.folder / "worker.pid"

    @property
    def worker_log(self) -> Path:
        return self.folder / "worker.log"

    @property
    def postgrest_settings(self) -> Path:
        return self.folder / "postgrest.conf"

    @property
    def postgrest_pid(self) -> Path:
        return self.folder / "postgrest.pid"

    @property
    def postgrest_log(self) -> Path:
        return self.folder / "postgrest.log"

    def database_home(self, account: OsAccount) -> Path:
        """The folder of Postgres' data and log: inside `folder` if the account can enter it."""
        if account.is_ours or can_enter_folder(self.folder, account):
            return self.folder / "postgres"
        name = _PREFIX + hashlib.sha256(str(self.folder).encode()).hexdigest()[:16]
        return _find_lasting_folder(account) / name


def _find_lasting_folder(account: OsAccount) -> Path:
    lasting = Path("/var/tmp")  # noqa: S108  (survives restarts; the owner of each folder in it is checked)
    return lasting if can_enter_folder(lasting, account) else Path(tempfile.gettempdir())


def find_orphaned_database_folders(account: OsAccount) -> list[Path]:
    """Database folders in /var/tmp that belong to a deleted folder."""
    if account.is_ours:
        return []
    homes = [home for home in _find_lasting_folder(account).glob(f"{_PREFIX}*") if home.lstat().st_uid == os.geteuid()]
    owners = {home: home / OWNER_FILE for home in homes}
    return [home for home, owner in owners.items() if owner.exists() and not Path(owner.read_text()).exists()]


def resolve_local_paths(folder: Path | None) -> LocalPaths:
    chosen = folder or Path(os.environ.get("ZEN_LOCAL_DIR") or REPOSITORY / ".zen" / "local")
    return LocalPaths(chosen.expanduser().resolve())


def create_private_folder(folder: Path, account: OsAccount) -> None:
    """Create `folder` for us alone; if Postgres runs as another account, that one may pass through it."""
    folder.mkdir(parents=True, exist_ok=True)
    if folder.is_symlink() or folder.lstat().st_uid != os.geteuid():
        raise LocalStartError(f"{folder} belongs to somebody else.", hint="Set ZEN_LOCAL_DIR to a folder of your own.")
    folder.chmod(0o700 if account.is_ours else 0o711)


def write_private_file(path: Path, text: str) -> None:
    """Write a file that only we may read, atomically."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)


def create_log_file(path: Path) -> None:
    """Create an empty log that only we may read. The previous one is kept as *.old.log."""
    if path.exists():
        path.replace(path.with_suffix(".old.log"))
    path.touch(mode=0o600)
