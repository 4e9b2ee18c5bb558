"""Sending queries to Supabase. Every call of a repository goes through one of these three functions.

They return the data as it came and raise only errors of `lib.errors`.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import httpx
from postgrest.exceptions import APIError

from lib.db.database_error_translation import TRY_AGAIN, UNREACHABLE, UNSTORABLE, translate_api_error
from lib.errors import InvalidInput, NotPermitted, Unavailable, UnreadableData
from lib.retry_policy import retry_reads

log = logging.getLogger(__name__)


class Query(Protocol):
    """A query of supabase-py that is ready to be sent."""

    def retry(self, enabled: bool) -> "Query": ...

    def execute(self) -> Any: ...


def execute_read(query: Query) -> Any:
    """Send a query that changes nothing. Sent again when the connection fails, by `lib.retry_policy`."""
    with _translate_database_errors():
        return retry_reads(httpx.TransportError, _disable_client_retries(query).execute).data


def execute_write(query: Query) -> Any:
    """Send a query that may change something. Sent once."""
    with _translate_database_errors():
        return _disable_client_retries(query).execute().data


def execute_update(query: Query, *, otherwise: str) -> list[dict[str, Any]]:
    """Send an update or delete; return its rows. Raises NotPermitted(otherwise) when there are none.

    Row-level security hides rows one may not write, so that a refused update succeeds and changes nothing.
    """
    rows: list[dict[str, Any]] = execute_write(query)
    if not rows:
        raise NotPermitted(otherwise)
    return rows


def _disable_client_retries(query: Query) -> Query:
    # postgrest-py repeats a GET by itself, after 1, 2 and 4 seconds: too long for a page.
    return query.retry(False)


@contextmanager
def _translate_database_errors() -> Iterator[None]:
    try:
        yield
    except httpx.TransportError as error:
        log.warning("Supabase unreachable: %s", error)
        raise Unavailable(UNREACHABLE, hint=TRY_AGAIN) from error
    except APIError as error:
        raise translate_api_error(error) from error
    except UnicodeEncodeError as error:  # half of a surrogate pair, before anything was sent
        raise InvalidInput(UNSTORABLE) from error
    except (ValueError, RecursionError) as error:  # JSON with a number or a nesting that Python does not read
        log.error("an answer of Supabase cannot be read: %s", type(error).__name__)
        raise UnreadableData("A stored value cannot be read.", hint="Ask your admin to look at the log.") from error
