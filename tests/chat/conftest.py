"""A run with a well-known customer, a model server that says what a test puts in its mouth, and a chat over both.

`new_chat()`       somebody's chat on a slide of a fresh run: `new_chat().ask("How are they?")`
`server`       what the model will say; both APIs of it are behind `apis`
"""

from collections.abc import Callable, Iterator

import pytest

from lib.llm.model_settings import ModelApi, ModelSettings
from tests.chat.chat_harness import ChatHarness, open_chat
from tests.database.factories import Sql
from tests.support.companies import Company
from tests.support.model_server import ModelServer


@pytest.fixture(scope="session")
def running_server() -> Iterator[ModelServer]:
    with ModelServer.running() as server:
        yield server


@pytest.fixture
def server(running_server: ModelServer) -> ModelServer:
    running_server.reset()
    return running_server


@pytest.fixture(scope="session")
def house(stack: object, sql: Sql) -> Company:
    """One company for all that looks at one run at a time."""
    return Company.create(sql, "Northwind Analytics")


@pytest.fixture(scope="session")
def strangers(stack: object, sql: Sql) -> Company:
    return Company.create(sql, "Someone Else")


@pytest.fixture
def new_chat(house: Company) -> Callable[..., ChatHarness]:
    """Each call is a fresh run; without settings the built-in assistant answers."""
    return lambda settings=None, **more: open_chat(house, settings or ModelSettings(), **more)


@pytest.fixture(params=list(ModelApi))
def asked(request: pytest.FixtureRequest, server: ModelServer) -> ModelSettings:
    """The settings of a process that asks `server`, once over each API."""
    return ModelSettings(base_url=server.url, api_key="key-of-zen", model="small", api=request.param)


@pytest.fixture
def completions(server: ModelServer) -> ModelSettings:
    """The same over one API, for what does not depend on it."""
    return ModelSettings(base_url=server.url, api_key="key-of-zen", model="small", api=ModelApi.COMPLETIONS)
