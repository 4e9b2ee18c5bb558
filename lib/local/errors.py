import contextlib
import errno
import shutil
from collections.abc import Iterator
from pathlib import Path

from lib.errors import Unavailable

POSTGRES_RESERVE_BYTES = 2 * 16 * 2**20  # two segments of its write-ahead log: with less Postgres ends by itself


class LocalStartError(Unavailable):
    """The local Supabase could not be started. `message` says what happened, `hint` what to do."""


def build_disk_full_error(what: str) -> LocalStartError:
    return LocalStartError(f"The disk is full: {what} could not be written.", hint="Free some space and start again.")


def reports_full_disk(output: str) -> bool:
    """True if the output of a program reports a full disk."""
    return "No space left on device" in output or "ENOSPC" in output or "Disk quota exceeded" in output


def has_little_space(*folders: Path) -> bool:
    """True if a folder's disk has less space than Postgres needs to go on."""
    return any(shutil.disk_usage(folder).free < POSTGRES_RESERVE_BYTES for folder in folders)


@contextlib.contextmanager
def translate_os_errors() -> Iterator[None]:
    """A full disk and a folder that cannot be written become a LocalStartError."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise build_disk_full_error("the local Supabase's folder") from error
        if error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
            raise LocalStartError(
                f"{error.filename or 'The local folder'} cannot be written.",
                hint="Set ZEN_LOCAL_DIR to a folder you may write to.",
            ) from error
        raise
