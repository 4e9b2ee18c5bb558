import subprocess
import sys
from decimal import Decimal

import pytest

from lib.errors import InvalidInput
from lib.llm.language_model_factory import create_language_model
from lib.llm.model_settings import ModelApi, ModelSettings, load_model_settings
from lib.llm.turn_limits import TurnLimits


def test_nothing_named_means_no_model() -> None:
    assert load_model_settings({}) == ModelSettings()
    assert not load_model_settings({"OPENAI_API_KEY": " ", "OPENAI_BASE_URL": ""}).has_model


@pytest.mark.parametrize(
    ("named", "api"),
    [
        ({"OPENAI_API_KEY": "k"}, ModelApi.RESPONSES),
        ({"OPENAI_BASE_URL": "http://127.0.0.1:11434/v1/"}, ModelApi.COMPLETIONS),
        ({"OPENAI_BASE_URL": "http://x/v1", "ZEN_MODEL_API": "Responses"}, ModelApi.RESPONSES),
        ({"OPENAI_API_KEY": "k", "ZEN_MODEL_API": "completions"}, ModelApi.COMPLETIONS),
    ],
)
def test_which_api_is_spoken(named: dict[str, str], api: ModelApi) -> None:
    settings = load_model_settings(named)
    assert settings.api is api
    assert settings.has_model
    assert not (settings.base_url or "").endswith("/")
    assert api.value in type(create_language_model(settings)).__name__.lower()


def test_caps_and_prices_are_read() -> None:
    settings = load_model_settings(
        {
            "OPENAI_API_KEY": "k",
            "OPENAI_MODEL": "small",
            "ZEN_MODEL_ROUNDS": "3",
            "ZEN_MODEL_CALLS": "4",
            "ZEN_MODEL_TOKENS_PER_TURN": "9_000",
            "ZEN_MODEL_TOKENS_PER_DAY": "100000",
            "ZEN_MODEL_PRICES": "small=0.25/2.00, org/large:latest = 3/15",
        }
    )
    caps = TurnLimits.from_settings(settings, used_today=99_000)
    assert caps == TurnLimits(rounds=3, calls=4, tokens_per_turn=9000, tokens_left_today=1000)
    assert TurnLimits.from_settings(settings, used_today=200_000).tokens_left_today == 0
    price = settings.find_price(settings.model)
    assert price is not None
    assert price.compute_cost(1_000_000, 500_000) == Decimal("1.25")
    assert price.compute_cost(None, 5) is None
    assert settings.find_price("org/large:latest") is not None
    assert settings.find_price("unheard of") is None


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(InvalidInput) as refused:
        load_model_settings(
            {
                "OPENAI_BASE_URL": "file:///etc",
                "OPENAI_API_KEY": "kéy",
                "ZEN_MODEL_ROUNDS": "none",
                "ZEN_MODEL_CALLS": "0",
                "ZEN_MODEL_API": "soap",
                "ZEN_MODEL_PRICES": "small=cheap",
            }
        )
    for name in ("BASE_URL", "API_KEY", "ROUNDS", "CALLS", "MODEL_API", "PRICES"):
        assert name in str(refused.value)
    assert "kéy" not in str(refused.value)


def test_the_key_is_not_in_what_is_printed() -> None:
    assert "sk-secret" not in repr(ModelSettings(api_key="sk-secret"))


def test_openai_is_not_imported_without_a_model() -> None:
    code = (
        "import sys; from lib.llm.language_model_factory import create_language_model; import lib.llm.tool_loop;"
        "from lib.llm.model_settings import ModelSettings; create_language_model(ModelSettings());"
        "sys.exit('openai' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
