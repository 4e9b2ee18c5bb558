"""Typed settings, from the environment first and `.streamlit/secrets.toml` second.

A secret or service-role key never reaches the app: `load_settings` refuses to return one, because a process that holds
it could read every company's rows whatever the policies say.
"""

import base64
import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lib.errors import InvalidInput

SECRETS_FILE = Path(".streamlit") / "secrets.toml"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the app needs to know about where it runs. `url` has no trailing slash."""

    url: str
    publishable_key: str
    session_secret: str
    is_local: bool = False


def read_environment(secrets_file: Path = SECRETS_FILE) -> dict[str, str]:
    """Strings of the secrets file, overridden by the environment. A missing file is an empty one."""
    stored: dict[str, object] = {}
    if secrets_file.exists():
        try:
            stored = tomllib.loads(secrets_file.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise InvalidInput(f"{secrets_file} is not valid TOML: {error}.") from error
    return {key: value for key, value in stored.items() if isinstance(value, str)} | dict(os.environ)


def load_settings(environment: Mapping[str, str]) -> Settings | None:
    """Settings for a Supabase named in `environment`; None when none is named (the embedded one is meant then).

    Raises InvalidInput for a URL without a key, a key without a URL, a missing session secret, or a privileged key.
    """
    url = environment.get("SUPABASE_URL", "").strip().rstrip("/")
    key = (environment.get("SUPABASE_PUBLISHABLE_KEY") or environment.get("SUPABASE_ANON_KEY") or "").strip()
    if not url and not key:
        return None
    if not url or not key:
        missing = "SUPABASE_URL" if not url else "SUPABASE_PUBLISHABLE_KEY"
        raise InvalidInput(f"{missing} is not set.", hint="Set both, or neither to run on the embedded Supabase.")
    refuse_privileged_key(key)
    secret = environment.get("ZEN_SESSION_SECRET", "").strip()
    if len(secret) < 32:
        raise InvalidInput(
            "ZEN_SESSION_SECRET is not set, or shorter than 32 characters.",
            hint="It encrypts the stored sessions: make one with `openssl rand -hex 32`, the same for every process.",
        )
    return Settings(url=url, publishable_key=key, session_secret=secret)


def refuse_privileged_key(key: str) -> None:
    """Raise InvalidInput when `key` has the shape of a secret or service-role key."""
    if key.startswith("sb_secret_") or _jwt_role(key) not in (None, "anon"):
        raise InvalidInput(
            "This key bypasses row-level security: Zen never runs with a secret or service-role key.",
            hint="Put the publishable (anon) key in SUPABASE_PUBLISHABLE_KEY.",
        )


def _jwt_role(key: str) -> str | None:
    """The `role` claim of a legacy key, which is a JWT; None when `key` is no JWT."""
    parts = key.split(".")
    if len(parts) != 3:
        return None
    try:
        payload = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return None
    return str(payload.get("role", "")) if isinstance(payload, dict) else None
