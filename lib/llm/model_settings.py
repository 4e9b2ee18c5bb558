"""Settings of the language model, from the environment or `.streamlit/secrets.toml`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator
from pydantic_settings import NoDecode

from lib.settings import EnvironmentSettings, PositiveInt, parse_settings


@dataclass(frozen=True, kw_only=True)
class ModelPrice:
    """USD per million input and output tokens of a model."""

    model: str
    input: Decimal
    output: Decimal

    def compute_cost(self, input_tokens: int | None, output_tokens: int | None) -> Decimal | None:
        """The cost in USD; None if either count was not reported."""
        if input_tokens is None or output_tokens is None:
            return None
        return (input_tokens * self.input + output_tokens * self.output) / 1_000_000


def _parse_model_prices(text: object) -> object:
    """Prices from `model=0.25/2.00, other=1/4`."""
    if not isinstance(text, str):
        return text
    prices: list[ModelPrice] = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        found = re.fullmatch(r"(\S+?)\s*=\s*(\d{1,6}(?:\.\d+)?)\s*/\s*(\d{1,6}(?:\.\d+)?)", part)
        if not found:
            raise ValueError(f"ZEN_MODEL_PRICES: “{part}” is not of the form model=0.25/2.00.")
        prices.append(ModelPrice(model=found[1], input=Decimal(found[2]), output=Decimal(found[3])))
    return tuple(prices)


class ModelApi(StrEnum):
    RESPONSES = "responses"
    COMPLETIONS = "completions"


def _choose_model_api(values: dict[str, Any]) -> ModelApi:
    """Compatible servers speak Chat Completions; Responses is OpenAI's own."""
    return ModelApi.COMPLETIONS if values.get("base_url") else ModelApi.RESPONSES


class ModelSettings(EnvironmentSettings):
    """The language model that answers, and limits of its use per turn and day.

    Without a key and a server there is no model: the built-in assistant answers. `silence`: seconds without a word
    from the server before a turn fails. `tokens_per_day` None: no limit.
    """

    api_key: str | None = Field(default=None, validation_alias="OPENAI_API_KEY", repr=False)
    base_url: str | None = Field(default=None, validation_alias="OPENAI_BASE_URL")
    model: str = Field(default="gpt-5.4-mini", validation_alias="OPENAI_MODEL")
    api: Annotated[ModelApi, BeforeValidator(lambda name: str(name).lower())] = Field(
        default_factory=_choose_model_api, validation_alias="ZEN_MODEL_API"
    )
    rounds: PositiveInt = Field(default=6, validation_alias="ZEN_MODEL_ROUNDS")
    calls: PositiveInt = Field(default=12, validation_alias="ZEN_MODEL_CALLS")
    tokens_per_turn: PositiveInt = Field(default=60_000, validation_alias="ZEN_MODEL_TOKENS_PER_TURN")
    tokens_per_day: PositiveInt | None = Field(default=1_000_000, validation_alias="ZEN_MODEL_TOKENS_PER_DAY")
    silence: PositiveInt = Field(default=60, validation_alias="ZEN_MODEL_SILENCE")
    prices: Annotated[tuple[ModelPrice, ...], NoDecode, BeforeValidator(_parse_model_prices)] = Field(
        default=(), validation_alias="ZEN_MODEL_PRICES"
    )

    @property
    def has_model(self) -> bool:
        return bool(self.api_key or self.base_url)

    def find_price(self, model: str) -> ModelPrice | None:
        return next((price for price in self.prices if price.model == model), None)

    @field_validator("base_url")
    @classmethod
    def _require_http_url(cls, url: str | None) -> str | None:
        if url and not url.startswith(("http://", "https://")):
            raise ValueError("OPENAI_BASE_URL is not an http address.")
        return url.rstrip("/") if url else None

    @field_validator("api_key")
    @classmethod
    def _require_printable_key(cls, key: str | None) -> str | None:
        if key and not re.fullmatch(r"[!-~]+", key):
            raise ValueError("OPENAI_API_KEY has characters no key has.")
        return key or None


def load_model_settings(overrides: Mapping[str, str] | None = None) -> ModelSettings:
    """The model settings of this process. Raises InvalidInput that names every wrong one."""
    return parse_settings(ModelSettings, overrides)
