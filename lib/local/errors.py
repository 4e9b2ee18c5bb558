from lib.errors import Unavailable


class LocalStartError(Unavailable):
    """The local Supabase could not be started. `message` says what happened, `hint` what to do."""


def no_space(what: str) -> LocalStartError:
    return LocalStartError(f"The disk is full: {what} could not be written.", hint="Free some space and start again.")


def says_no_space(text: str) -> bool:
    """Whether a tool's output reports a full disk."""
    return "No space left on device" in text or "ENOSPC" in text or "Disk quota exceeded" in text
