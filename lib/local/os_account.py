import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lib.local.errors import LocalStartError


@dataclass(frozen=True)
class OsAccount:
    """The account of the operating system that Postgres runs as."""

    uid: int
    gid: int
    is_ours: bool

    @property
    def subprocess_arguments(self) -> dict[str, Any]:
        """Keyword arguments for `subprocess` that start a program as this account."""
        if self.is_ours:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def find_postgres_account() -> OsAccount:
    """Our own account; for root, as which Postgres refuses to run, the machine's `nobody`."""
    if os.geteuid() != 0:
        return OsAccount(uid=os.geteuid(), gid=os.getegid(), is_ours=True)
    for name in ("nobody", "postgres", "daemon"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return OsAccount(uid=entry.pw_uid, gid=entry.pw_gid, is_ours=False)
    raise LocalStartError(
        "Postgres does not run as root, and this machine has no other account to run it as.",
        hint="Start Zen as an ordinary user.",
    )


def require_passwd_entry(account: OsAccount) -> None:
    """Raises LocalStartError if the machine does not know the account, as in a container with a user id of its own."""
    try:
        pwd.getpwuid(account.uid)
    except KeyError:
        raise LocalStartError(
            f"Postgres cannot create a database for user id {account.uid}: the machine has no account of that number.",
            hint=f"Add a line such as “zen:x:{account.uid}:{account.gid}::/tmp:/bin/sh” to /etc/passwd, "
            "or start Zen as another user.",
        ) from None


def can_enter_folder(folder: Path, account: OsAccount) -> bool:
    """True if the account reaches the folder through all its parents."""
    return _test_path_as_account(account, "-x", folder)


def can_read_file(file: Path, account: OsAccount) -> bool:
    return _test_path_as_account(account, "-r", file)


def _test_path_as_account(account: OsAccount, flag: str, path: Path) -> bool:
    try:
        done = subprocess.run(  # noqa: S603
            ["/bin/sh", "-c", f'test {flag} "$1"', "sh", path], check=False, **account.subprocess_arguments
        )
    except OSError as error:
        raise LocalStartError(
            "Postgres does not run as root, and this machine does not let root start it as another account.",
            hint="Start Zen as an ordinary user.",
        ) from error
    return done.returncode == 0
