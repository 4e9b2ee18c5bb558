from collections.abc import Iterator

import pytest

from lib.llm.model_settings import ModelApi, ModelSettings
from tests.support.model_server import ModelServer


@pytest.fixture(scope="session")
def running_server() -> Iterator[ModelServer]:
    with ModelServer.running() as server:
        yield server


@pytest.fixture
def server(running_server: ModelServer) -> ModelServer:
    running_server.reset()
    return running_server


@pytest.fixture
def completions(server: ModelServer) -> ModelSettings:
    return ModelSettings(base_url=server.url, api_key="key-of-zen", model="small", api=ModelApi.COMPLETIONS)
