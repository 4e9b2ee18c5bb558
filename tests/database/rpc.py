"""Call the database's functions over HTTP as a member."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from postgrest.exceptions import APIError

from lib.db.client import Client
from tests.support.companies import Member


def call_rpc(who: Member | Client, function: str, **arguments: Any) -> Any:
    client = who.client if isinstance(who, Member) else who
    return client.rpc(function, arguments).execute().data


@contextmanager
def assert_refused(code: str, words: str = "") -> Iterator[pytest.ExceptionInfo[APIError]]:
    """The call inside is refused with `code`, in a sentence that contains `words`."""
    with pytest.raises(APIError) as caught:
        yield caught
    assert (caught.value.code, words in (caught.value.message or "")) == (code, True), caught.value


def run_concurrently(calls: list[Callable[[], Any]]) -> list[Any]:
    """What each call answered, or the error code it was refused with; all of them at the same time."""

    def outcome(call: Callable[[], Any]) -> Any:
        try:
            return call()
        except APIError as error:
            return error.code

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(outcome, calls))
