from lib.errors import Unavailable


class LocalStartError(Unavailable):
    """The local Supabase could not be started. `message` says what happened, `hint` what to do."""


def build_disk_full_error(what: str) -> LocalStartError:
    return LocalStartError(f"The disk is full: {what} could not be written.", hint="Free some space and start again.")


def reports_full_disk(output: str) -> bool:
    """True if the output of a program reports a full disk."""
    return "No space left on device" in output or "ENOSPC" in output or "Disk quota exceeded" in output
