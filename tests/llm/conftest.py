from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from lib.llm.language_model import LanguageModel, Timeouts
from lib.llm.language_model_factory import create_language_model
from lib.llm.model_settings import ModelApi, ModelSettings
from tests.support.model_server import ModelServer

FAST_TIMEOUTS = Timeouts(connect=5, silence=20, heartbeat=0.02, backoff=0.01, max_retry_after=1)
SHORT_SILENCE = replace(FAST_TIMEOUTS, silence=0.5)


@pytest.fixture(scope="session")
def running_server() -> Iterator[ModelServer]:
    with ModelServer.running() as server:
        yield server


@pytest.fixture
def server(running_server: ModelServer) -> ModelServer:
    running_server.reset()
    return running_server


@pytest.fixture(params=list(ModelApi))
def model(request: pytest.FixtureRequest, server: ModelServer) -> LanguageModel:
    """The model behind `server`, once over each API."""
    return model_at(server.url, request.param)


@pytest.fixture(params=list(ModelApi))
def impatient_model(request: pytest.FixtureRequest, server: ModelServer) -> LanguageModel:
    """The same, given up on after half a second without a word."""
    return model_at(server.url, request.param, SHORT_SILENCE)


@pytest.fixture(params=list(ModelApi))
def model_at_url(request: pytest.FixtureRequest) -> Callable[[str], LanguageModel]:
    return lambda url: model_at(url, request.param)


def model_at(url: str, api: ModelApi, patience: Timeouts = FAST_TIMEOUTS) -> LanguageModel:
    return create_language_model(ModelSettings(base_url=url, api_key="key-of-zen", model="small", api=api), patience)
