"""What is looked for, as it stands in the page's address: a link or a reload finds the same. The address is the only
place it is kept; widgets show it and change it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from lib.chat.chat_search import SearchQuery

QUERY_PARAM, THREAD_PARAM, TAB_PARAM, SINCE_PARAM, UNTIL_PARAM = "q", "thread", "view", "from", "to"
USAGE_TAB, DRAFTS_TAB = "use", "drafts"
FACET_TITLES: Mapping[str, str] = {
    "workflow": "Workflow",
    "slide": "Slide",
    "customer": "Customer",
    "person": "Person",
    "branch_type": "Where from",
    "message_type": "Kind",
    "tool": "Tool",
    "status": "Conversation",
    "ended": "Answer",
    "month": "Month",
    "thumbs": "Thumbs",
}
"""Filter -> what it is called. Its parameter in the address has the filter's name."""

MAX_QUERY_CHARS = 1000
MAX_FACET_VALUES = 50


class SearchQueryParams(Protocol):
    """The two things asked of `st.query_params`."""

    def get(self, name: str, /) -> str | None: ...

    def get_all(self, name: str, /) -> Sequence[str]: ...


def parse_search(params: SearchQueryParams) -> SearchQuery:
    """Anything may stand in an address: what is none of ours is not looked for."""
    chosen = {name: tuple(dict.fromkeys(params.get_all(name)))[:MAX_FACET_VALUES] for name in FACET_TITLES}
    return SearchQuery(
        words=(params.get(QUERY_PARAM) or "").strip()[:MAX_QUERY_CHARS],
        facet_values={name: values for name, values in chosen.items() if values},
        since=_parse_day(params.get(SINCE_PARAM)),
        until=_parse_day(params.get(UNTIL_PARAM)),
    )


def to_query_params(wanted: SearchQuery) -> dict[str, str | list[str]]:
    """`wanted` as parameters."""
    days = {SINCE_PARAM: wanted.since, UNTIL_PARAM: wanted.until}
    written: dict[str, str | list[str]] = {name: list(values) for name, values in wanted.facet_values.items() if values}
    written |= {name: day.isoformat() for name, day in days.items() if day}
    return written | ({QUERY_PARAM: wanted.words} if wanted.words else {})


def _parse_day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
