import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lib.local.errors import LocalStartError


@dataclass(frozen=True)
class Account:
    """Who Postgres runs as: we ourselves, or for root (which Postgres refuses) the machine's `nobody`."""

    uid: int
    gid: int
    same_as_ours: bool

    @property
    def switch(self) -> dict[str, Any]:
        """Keyword arguments for `subprocess` that start a program as this account."""
        if self.same_as_ours:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def postgres_account() -> Account:
    if os.geteuid() != 0:
        return Account(uid=os.geteuid(), gid=os.getegid(), same_as_ours=True)
    for name in ("nobody", "postgres", "daemon"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(uid=entry.pw_uid, gid=entry.pw_gid, same_as_ours=False)
    raise LocalStartError(
        "Postgres does not run as root, and this machine has no other account to run it as.",
        hint="Start Zen as an ordinary user.",
    )


def _try(account: Account, flag: str, path: Path) -> bool:
    try:
        done = subprocess.run(["/bin/sh", "-c", f'test {flag} "$1"', "sh", path], check=False, **account.switch)  # noqa: S603
    except OSError as error:
        raise LocalStartError(
            "Postgres does not run as root, and this machine does not let root start it as another account.",
            hint="Start Zen as an ordinary user.",
        ) from error
    return done.returncode == 0


def can_enter(folder: Path, account: Account) -> bool:
    """Whether the account reaches the folder through all its parents."""
    return _try(account, "-x", folder)


def can_read(file: Path, account: Account) -> bool:
    return _try(account, "-r", file)
