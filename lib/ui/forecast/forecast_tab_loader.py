"""Loading a part of the forecast: its value for what the address shows, cached like a page."""

from collections.abc import Callable
from typing import TypeVar

from lib.ui import page_cache

T = TypeVar("T")


def load_forecast_tab(key: str, shown: object, fetch: Callable[[], T]) -> T:
    """The value of a part. One request, none within a minute for the same `shown`. Raises what `fetch` raises."""
    page_cache.drop_value_of_other_subject(key, shown)
    return page_cache.load_with_max_age(key, fetch, page_cache.CACHE_SECONDS).value
