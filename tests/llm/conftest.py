from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from lib.llm.factory import model_for
from lib.llm.model import Model, Patience
from lib.settings import ModelApi, ModelSettings
from tests.support.model_server import ModelServer

HASTY = Patience(connect=5, silence=20, beat=0.02, backoff=0.01, longest_wait=1)
IMPATIENT = replace(HASTY, silence=0.5)


@pytest.fixture(scope="session")
def running_server() -> Iterator[ModelServer]:
    with ModelServer.running() as server:
        yield server


@pytest.fixture
def server(running_server: ModelServer) -> ModelServer:
    running_server.forget()
    return running_server


@pytest.fixture(params=list(ModelApi))
def model(request: pytest.FixtureRequest, server: ModelServer) -> Model:
    """The model behind `server`, once over each API."""
    return model_at(server.url, request.param)


@pytest.fixture(params=list(ModelApi))
def impatient_model(request: pytest.FixtureRequest, server: ModelServer) -> Model:
    """The same, given up on after half a second without a word."""
    return model_at(server.url, request.param, IMPATIENT)


@pytest.fixture(params=list(ModelApi))
def model_at_url(request: pytest.FixtureRequest) -> Callable[[str], Model]:
    return lambda url: model_at(url, request.param)


def model_at(url: str, api: ModelApi, patience: Patience = HASTY) -> Model:
    return model_for(ModelSettings(base_url=url, api_key="key-of-zen", model="small", api=api), patience)
