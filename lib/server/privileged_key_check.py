"""Refusal of privileged keys anywhere in the app's environment: whoever took the process over would find them there."""

import base64
import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from lib.errors import InvalidInput
from lib.settings import SECRETS_FILE
from lib.text.format import join_names

# Refused by name whatever they hold, and any other setting by the shape of what it holds.
PRIVILEGED_NAMES = frozenset({"SUPABASE_SECRET_KEY", "SUPABASE_SERVICE_ROLE_KEY", "SUPABASE_SERVICE_KEY"})
PRIVILEGED_ROLES = frozenset({"service_role", "supabase_admin"})


def require_no_privileged_key() -> None:
    """Raises InvalidInput that names the settings with a secret or service-role key, never their values."""
    secrets = tomllib.loads(SECRETS_FILE.read_text(encoding="utf-8")) if SECRETS_FILE.exists() else {}
    found = sorted(
        {name for name, value in _list_all_settings(os.environ, secrets) if _is_privileged_setting(name, value)}
    )
    if found:
        raise InvalidInput(
            f"{join_names(found)} must not be set: Zen never runs with a secret or service-role key.",
            hint="It reads every company's rows. Keep it in the environment of the operator's commands and the worker.",
        )


def _list_all_settings(*sources: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Names and values, also in the tables of a TOML file."""
    for source in sources:
        for name, value in source.items():
            if isinstance(value, Mapping):
                yield from _list_all_settings(value)
            else:
                yield name, str(value).strip()


def _is_privileged_setting(name: str, value: str) -> bool:
    return bool(value) and (name.upper() in PRIVILEGED_NAMES or _has_shape_of_privileged_key(value))


def _has_shape_of_privileged_key(value: str) -> bool:
    """True for Supabase's secret keys, and for JWTs of a role past row-level security."""
    if value.startswith("sb_secret_"):
        return True
    parts = value.split(".")
    if len(parts) != 3:
        return False
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return False
    return isinstance(claims, dict) and claims.get("role") in PRIVILEGED_ROLES
