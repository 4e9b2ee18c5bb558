import json
import secrets
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from lib.local.paths import write_private_file


@dataclass(frozen=True)
class LocalKeys:
    """Secrets of this local Supabase, made once per folder.

    `app_key` has the rights of `publishable_key`. Only the app knows it, so that its sign-ins are not limited together
    with what others ask (`supabase/local/auth_limits.mjs`).
    """

    app_key: str
    publishable_key: str
    secret_key: str
    jwt_secret: str
    session_secret: str
    database_password: str
    superuser_password: str
    instance: str


def _generate_keys() -> LocalKeys:
    return LocalKeys(
        app_key=f"sb_publishable_{secrets.token_hex(16)}",
        publishable_key=f"sb_publishable_{secrets.token_hex(16)}",
        secret_key=f"sb_secret_{secrets.token_hex(16)}",
        jwt_secret=secrets.token_hex(32),
        session_secret=secrets.token_hex(32),
        database_password=secrets.token_hex(16),
        superuser_password=secrets.token_hex(16),
        instance=secrets.token_hex(8),
    )


def read_local_keys(path: Path) -> LocalKeys | None:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        stored.setdefault("app_key", _generate_keys().app_key)  # not in folders of earlier versions
        return LocalKeys(**{field.name: str(stored[field.name]) for field in fields(LocalKeys)})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def read_or_create_keys(path: Path) -> LocalKeys:
    """The stored keys, or new ones if the file is missing or damaged."""
    keys = read_local_keys(path) or _generate_keys()
    write_private_file(path, json.dumps(asdict(keys), indent=2))
    return keys
