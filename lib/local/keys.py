import json
import secrets
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from lib.local.layout import write_private


@dataclass(frozen=True)
class Keys:
    """This machine's own secrets, made once and never committed."""

    publishable_key: str
    secret_key: str
    jwt_secret: str
    session_secret: str
    database_password: str
    superuser_password: str
    instance: str


def _fresh() -> Keys:
    return Keys(
        publishable_key=f"sb_publishable_{secrets.token_hex(16)}",
        secret_key=f"sb_secret_{secrets.token_hex(16)}",
        jwt_secret=secrets.token_hex(32),
        session_secret=secrets.token_hex(32),
        database_password=secrets.token_hex(16),
        superuser_password=secrets.token_hex(16),
        instance=secrets.token_hex(8),
    )


def read_keys(path: Path) -> Keys | None:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return Keys(**{field.name: str(stored[field.name]) for field in fields(Keys)})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keys_for(path: Path) -> Keys:
    """The stored keys, or new ones: a missing or half-written file is replaced whole."""
    keys = read_keys(path) or _fresh()
    write_private(path, json.dumps(asdict(keys), indent=2))
    return keys
