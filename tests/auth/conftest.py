from collections.abc import Iterator

import httpx
import pytest

from tests.auth.test_routes import HTML
from tests.support.server import AppServer


@pytest.fixture
def browser(app: AppServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=app.url, headers={"Origin": app.url, **HTML}, timeout=30) as client:
        yield client
