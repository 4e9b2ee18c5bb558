"""Settings, from the environment first and `.streamlit/secrets.toml` second. An empty value counts as not set.

A secret or service-role key is refused here: a process that held one could read every company's rows.
"""

import base64
import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AliasChoices, BeforeValidator, Field, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from lib.errors import InvalidInput

SECRETS_FILE = Path(".streamlit") / "secrets.toml"
MIN_SECRET_LENGTH = 32

PositiveInt = Annotated[int, Field(gt=0, lt=10**12)]


class EnvironmentSettings(BaseSettings):
    """Base of all settings: where they are read from. What is given to `__init__` wins."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        populate_by_name=True,
        env_ignore_empty=True,
        str_strip_whitespace=True,
        hide_input_in_errors=True,  # a refused value may be a secret
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=SECRETS_FILE)


def split_setting_list(text: object) -> object:
    """Parts between commas or blanks; anything but a text as it is."""
    return tuple(text.replace(",", " ").split()) if isinstance(text, str) else text


class Settings(EnvironmentSettings):
    """Which Supabase the app uses, and the secrets that encrypt stored sessions."""

    url: str = Field(default="", validation_alias="SUPABASE_URL")
    publishable_key: str = Field(
        default="", validation_alias=AliasChoices("SUPABASE_PUBLISHABLE_KEY", "SUPABASE_ANON_KEY")
    )
    session_secret: str = Field(default="", validation_alias="ZEN_SESSION_SECRET", repr=False)
    old_session_secrets: Annotated[tuple[str, ...], NoDecode, BeforeValidator(split_setting_list)] = Field(
        default=(), validation_alias="ZEN_SESSION_SECRETS_OLD", repr=False
    )
    is_local: bool = Field(default=False, validation_alias="ZEN_LOCAL")

    @property
    def session_secrets(self) -> tuple[str, ...]:
        """The secret that encrypts, then older ones that still decrypt."""
        return self.session_secret, *self.old_session_secrets

    @field_validator("url")
    @classmethod
    def _strip_trailing_slash(cls, url: str) -> str:
        return url.rstrip("/")


class RefusalSettings(EnvironmentSettings):
    """When a refused sign-in form is answered: the time it took must not tell whether an address is known.

    A password is compared only for an address that is known, which took up to half a second on a busy machine.
    """

    step_seconds: float = Field(default=1.0, gt=0, le=10, validation_alias="ZEN_REFUSAL_STEP_SECONDS")


def load_settings(overrides: Mapping[str, str] | None = None) -> Settings | None:
    """The settings of the Supabase that is named; None when none is, which means the embedded one.

    Raises InvalidInput for a URL without a key, a key without a URL, a short secret, or a privileged key.
    `overrides` have the names of environment variables and win over them.
    """
    settings = parse_settings(Settings, overrides)
    if not settings.url and not settings.publishable_key:
        return None
    _require_complete_settings(settings)
    return settings


def _require_complete_settings(settings: Settings) -> None:
    if not settings.url or not settings.publishable_key:
        missing = "SUPABASE_PUBLISHABLE_KEY" if settings.url else "SUPABASE_URL"
        raise InvalidInput(f"{missing} is not set.", hint="Set both, or neither to run on the embedded Supabase.")
    require_unprivileged_key(settings.publishable_key)
    if len(settings.session_secret) < MIN_SECRET_LENGTH:
        raise InvalidInput(
            f"ZEN_SESSION_SECRET is not set, or shorter than {MIN_SECRET_LENGTH} characters.",
            hint="It encrypts stored sessions: make one with `openssl rand -hex 32`, the same for every process.",
        )
    if any(len(secret) < MIN_SECRET_LENGTH for secret in settings.old_session_secrets):
        raise InvalidInput(f"ZEN_SESSION_SECRETS_OLD has one shorter than {MIN_SECRET_LENGTH} characters.")


def require_unprivileged_key(key: str) -> None:
    """Raises InvalidInput if `key` has the shape of a secret or service-role key."""
    if key.startswith("sb_secret_") or _parse_jwt_role(key) not in (None, "anon"):
        raise InvalidInput(
            "This key bypasses row-level security: Zen never runs with a secret or service-role key.",
            hint="Put the publishable (anon) key in SUPABASE_PUBLISHABLE_KEY.",
        )


def _parse_jwt_role(key: str) -> str | None:
    """The `role` claim of a legacy key, which is a JWT; None if `key` is no JWT."""
    parts = key.split(".")
    if len(parts) != 3:
        return None
    try:
        payload = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return None
    return str(payload.get("role", "")) if isinstance(payload, dict) else None


def _parse_origins(text: object) -> object:
    """Origins from `https://chat.example.com, http://10.0.0.5:8080`. Raises ValueError."""
    if not isinstance(text, str):
        return text
    origins = tuple(text.replace(",", " ").split())
    for origin in origins:
        if not re.fullmatch(r"https://[a-z0-9.-]+(:\d{1,5})?|http://\d{1,3}(\.\d{1,3}){3}(:\d{1,5})?", origin):
            raise ValueError(f"ZEN_WEBHOOK_ORIGINS: “{origin}” is not of the form https://chat.example.com.")
    return origins


class WebhookSettings(EnvironmentSettings):
    """Where digests may be posted besides Slack: origins, without a path. The app and the worker need the same."""

    origins: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_parse_origins)] = Field(
        default=(), validation_alias="ZEN_WEBHOOK_ORIGINS"
    )


S = TypeVar("S", bound=EnvironmentSettings)


def parse_settings(kind: type[S], overrides: Mapping[str, str] | None = None) -> S:
    """The settings of one kind. Raises InvalidInput that names every wrong one."""
    given: dict[str, Any] = {name: value for name, value in (overrides or {}).items() if value.strip()}
    try:
        return kind(**given)
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"{SECRETS_FILE} is not valid TOML: {error}.") from error
    except ValidationError as error:
        sentences = [_describe_setting_error(each) for each in error.errors(include_url=False, include_input=False)]
        raise InvalidInput(" ".join(sentences)) from None


def _describe_setting_error(error: ErrorDetails) -> str:
    """One sentence for one wrong setting."""
    name, context = error["loc"][0], error.get("ctx", {})
    match error["type"]:
        case "value_error":
            return str(context["error"])
        case "enum":
            choices = re.findall("'([^']+)'", context["expected"])
            return f"{name} is none of: {', '.join(choices)}."
        case "string_type":
            return f"{name} is not text."
        case "bool_parsing":
            return f"{name} is neither true nor false."
        case "float_parsing":
            return f"{name} is not a number."
        case "less_than_equal":
            return f"{name} is more than {context['le']:g}."
        case _:
            return f"{name} is not a whole number above 0."
