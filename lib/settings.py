"""Typed settings, from the environment first and `.streamlit/secrets.toml` second.

A secret or service-role key never reaches the app: `load_settings` refuses to return one, because a process that holds
it could read every company's rows whatever the policies say.
"""

import base64
import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from lib.errors import InvalidInput

SECRETS_FILE = Path(".streamlit") / "secrets.toml"
MODEL_NUMBERS = {
    "rounds": "ZEN_MODEL_ROUNDS",
    "calls": "ZEN_MODEL_CALLS",
    "tokens_per_turn": "ZEN_MODEL_TOKENS_PER_TURN",
    "tokens_per_day": "ZEN_MODEL_TOKENS_PER_DAY",
    "silence": "ZEN_MODEL_SILENCE",
}
"""Fields of `ModelSettings` and the setting each is read from; all are whole numbers above 0."""


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


@dataclass(frozen=True, kw_only=True)
class Price:
    """What a model costs: USD per million tokens read and written."""

    model: str
    input: Decimal
    output: Decimal

    def of(self, input_tokens: int | None, output_tokens: int | None) -> Decimal | None:
        """USD; None when either count was not reported."""
        if input_tokens is None or output_tokens is None:
            return None
        return (input_tokens * self.input + output_tokens * self.output) / 1_000_000


class ModelApi(StrEnum):
    RESPONSES = "responses"
    COMPLETIONS = "completions"


@dataclass(frozen=True, kw_only=True)
class ModelSettings:
    """Which language model answers, and how much of it one turn and one person's day may use.

    Without a key and without a server of one's own there is no model: the built-in assistant answers. `silence` is
    the longest time, in seconds, without a word from the server; `tokens_per_day` None is no limit.
    """

    api_key: str | None = field(default=None, repr=False)
    base_url: str | None = None
    model: str = "gpt-5.4-mini"
    api: ModelApi = ModelApi.RESPONSES
    rounds: int = 6
    calls: int = 12
    tokens_per_turn: int = 60_000
    tokens_per_day: int | None = 1_000_000
    silence: float = 60.0
    prices: tuple[Price, ...] = ()

    @property
    def has_model(self) -> bool:
        return bool(self.api_key or self.base_url)

    def price(self, model: str) -> Price | None:
        return next((price for price in self.prices if price.model == model), None)


def load_model_settings(environment: Mapping[str, str]) -> ModelSettings:
    """Raises InvalidInput that names every fault at once."""
    faults: list[str] = []
    numbers = {key: _number(environment, name, faults) for key, name in MODEL_NUMBERS.items()}
    base_url = environment.get("OPENAI_BASE_URL", "").strip().rstrip("/") or None
    if base_url and not base_url.startswith(("http://", "https://")):
        faults.append("OPENAI_BASE_URL is not an http address.")
    api_key = environment.get("OPENAI_API_KEY", "").strip() or None
    if api_key and not re.fullmatch(r"[!-~]+", api_key):
        faults.append("OPENAI_API_KEY has characters no key has.")
    given: dict[str, Any] = {key: value for key, value in numbers.items() if value is not None}
    if model := environment.get("OPENAI_MODEL", "").strip():
        given["model"] = model
    settings = ModelSettings(
        api_key=api_key,
        base_url=base_url,
        api=_api(environment, base_url, faults),
        prices=_prices(environment.get("ZEN_MODEL_PRICES", ""), faults),
        **given,
    )
    if faults:
        raise InvalidInput(" ".join(faults))
    return settings


def _number(environment: Mapping[str, str], name: str, faults: list[str]) -> int | None:
    text = environment.get(name, "").strip().replace("_", "")
    if not text:
        return None
    if not text.isdecimal() or not 0 < int(text) < 10**12:
        faults.append(f"{name} is not a whole number above 0.")
        return None
    return int(text)


def _api(environment: Mapping[str, str], base_url: str | None, faults: list[str]) -> ModelApi:
    """Chat Completions is what every compatible server speaks; Responses is OpenAI's own."""
    named = environment.get("ZEN_MODEL_API", "").strip().lower()
    if not named:
        return ModelApi.COMPLETIONS if base_url else ModelApi.RESPONSES
    if named not in list(ModelApi):
        faults.append(f"ZEN_MODEL_API is none of: {', '.join(ModelApi)}.")
        return ModelApi.RESPONSES
    return ModelApi(named)


def _prices(text: str, faults: list[str]) -> tuple[Price, ...]:
    """ "model=0.25/2.00, other=1/4": USD per million tokens read and written."""
    prices: list[Price] = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        found = re.fullmatch(r"(\S+?)\s*=\s*(\d{1,6}(?:\.\d+)?)\s*/\s*(\d{1,6}(?:\.\d+)?)", part)
        if found:
            prices.append(Price(model=found[1], input=Decimal(found[2]), output=Decimal(found[3])))
        else:
            faults.append(f"ZEN_MODEL_PRICES: “{part}” is not of the form model=0.25/2.00.")
    return tuple(prices)
