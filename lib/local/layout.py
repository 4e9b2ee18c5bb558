"""Where the local Supabase keeps its things. Everything is in one git-ignored folder, except in two cases:

- The checkout is read-only or the folder must be elsewhere: `ZEN_LOCAL_DIR` names another one.
- Root runs it in a place other accounts cannot enter. Postgres refuses to run as root, so its data then stands in a
  folder of its own under /var/tmp (which survives a restart of the machine), named after a hash of the folder's path.
"""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from lib.local.account import Account, can_enter
from lib.local.errors import LocalStartError

REPOSITORY = Path(__file__).resolve().parents[2]
GATEWAY_SOURCE = REPOSITORY / "supabase" / "local"
MIGRATIONS = REPOSITORY / "supabase" / "migrations"


OWNER = "folder"  # the file in a database's folder that names the folder it belongs to
_AWAY = "zen-database-"


@dataclass(frozen=True)
class Layout:
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
    def users(self) -> Path:
        return self.folder / "users"

    @property
    def keep(self) -> Path:
        return self.folder / "keep"

    @property
    def seed_stamp(self) -> Path:
        return self.folder / "seeded.json"

    @property
    def mail(self) -> Path:
        return self.folder / "mail.log"

    @property
    def packages(self) -> Path:
        """Where the gateway is installed when the checkout is read-only."""
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
    def postgrest_settings(self) -> Path:
        return self.folder / "postgrest.conf"

    @property
    def postgrest_pid(self) -> Path:
        return self.folder / "postgrest.pid"

    @property
    def postgrest_log(self) -> Path:
        return self.folder / "postgrest.log"

    def database_home(self, account: Account) -> Path:
        """The folder of Postgres' data and log: inside `folder` where the account can reach it."""
        if account.same_as_ours or can_enter(self.folder, account):
            return self.folder / "postgres"
        name = _AWAY + hashlib.sha256(str(self.folder).encode()).hexdigest()[:16]
        return _lasting_folder(account) / name


def _lasting_folder(account: Account) -> Path:
    lasting = Path("/var/tmp")  # noqa: S108  (kept over restarts; the owner of what is in it is checked)
    return lasting if can_enter(lasting, account) else Path(tempfile.gettempdir())


def abandoned_homes(account: Account) -> list[Path]:
    """Databases that stand apart from their folder, and whose folder has been deleted."""
    if account.same_as_ours:
        return []
    homes = [home for home in _lasting_folder(account).glob(f"{_AWAY}*") if home.lstat().st_uid == os.geteuid()]
    owners = {home: home / OWNER for home in homes}
    return [home for home, owner in owners.items() if owner.exists() and not Path(owner.read_text()).exists()]


def layout_for(folder: Path | None) -> Layout:
    chosen = folder or Path(os.environ.get("ZEN_LOCAL_DIR") or REPOSITORY / ".zen" / "local")
    return Layout(chosen.expanduser().resolve())


def make_private(folder: Path, account: Account) -> None:
    """Create `folder` for us alone; where Postgres runs as another account, that one may pass through it."""
    folder.mkdir(parents=True, exist_ok=True)
    if folder.is_symlink() or folder.lstat().st_uid != os.geteuid():
        raise LocalStartError(f"{folder} belongs to somebody else.", hint="Set ZEN_LOCAL_DIR to a folder of your own.")
    folder.chmod(0o700 if account.same_as_ours else 0o711)


def write_private(path: Path, text: str) -> None:
    """Replace a file with one that only we may read."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)


def fresh_log(path: Path) -> None:
    """Begin a server's log, readable by us alone; the one before it stays beside it."""
    if path.exists():
        path.replace(path.with_suffix(".old.log"))
    path.touch(mode=0o600)
