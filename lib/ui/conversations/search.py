"""The search of the page: its query in the address, and its results in this browser tab.

The address is the only place the query is kept: a link or a reload finds the same. A new query costs two requests,
"Older" one, a rerun none.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

import streamlit as st

from lib.chat.chat_search import SearchFacets, SearchHit, SearchPage, SearchQuery
from lib.chat.service import ChatService
from lib.errors import ZenError
from lib.ui.session_keys import CONVERSATIONS_QUERY, CONVERSATIONS_RESULTS, CONVERSATIONS_THREAD

QUERY_PARAM, THREAD_PARAM, TAB_PARAM, SINCE_PARAM, UNTIL_PARAM = "q", "thread", "view", "from", "to"
USAGE_TAB, DRAFTS_TAB = "use", "drafts"
FACET_TITLES: Mapping[str, str] = {
    "workflow": "Workflow",
    "slide": "Slide",
    "customer": "Customer",
    "person": "Person",
    "branch_type": "Source",
    "message_type": "Kind",
    "tool": "Tool",
    "status": "Conversation",
    "ended": "Answer",
    "month": "Month",
    "thumbs": "Thumbs",
}
"""Filter -> its title. Its parameter in the address has the filter's name."""
MAX_QUERY_CHARS = 1000
MAX_FACET_VALUES = 50
PAGE_SIZE = 20
MAX_EXPORTED, MAX_PER_REQUEST = 2000, 100


class SearchQueryParams(Protocol):
    """What is used of `st.query_params`."""

    def get(self, name: str, /) -> str | None: ...

    def get_all(self, name: str, /) -> Sequence[str]: ...


def parse_search_query(params: SearchQueryParams) -> SearchQuery:
    """The query in an address; parameters that are not ours are ignored."""
    chosen = {name: tuple(dict.fromkeys(params.get_all(name)))[:MAX_FACET_VALUES] for name in FACET_TITLES}
    return SearchQuery(
        words=(params.get(QUERY_PARAM) or "").strip()[:MAX_QUERY_CHARS],
        facet_values={name: values for name, values in chosen.items() if values},
        since=_parse_filter_date(params.get(SINCE_PARAM)),
        until=_parse_filter_date(params.get(UNTIL_PARAM)),
    )


def build_search_query_params(query: SearchQuery) -> dict[str, str | list[str]]:
    days = {SINCE_PARAM: query.since, UNTIL_PARAM: query.until}
    written: dict[str, str | list[str]] = {name: list(values) for name, values in query.facet_values.items() if values}
    written |= {name: day.isoformat() for name, day in days.items() if day}
    return written | ({QUERY_PARAM: query.words} if query.words else {})


def _parse_filter_date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


@dataclass(frozen=True, kw_only=True)
class SearchResults:
    """`error` is why older hits could not be loaded; those loaded stay."""

    search: SearchQuery
    facets: SearchFacets
    page: SearchPage
    error: ZenError | None = None


def load_search_results(chat: ChatService, query: SearchQuery) -> SearchResults:
    """Hits and facets of `query`, kept while it stays the same. Raises InvalidInput, Unavailable."""
    kept: SearchResults | None = st.session_state.get(CONVERSATIONS_RESULTS)
    if kept is not None and kept.search == query and CONVERSATIONS_QUERY in st.session_state:
        return kept
    found = SearchResults(
        search=query,
        facets=chat.search.fetch_facet_counts(query),
        page=chat.search.fetch_search_page(query, limit=PAGE_SIZE),
    )
    st.session_state[CONVERSATIONS_RESULTS] = found
    return found


def load_older_results(chat: ChatService, found: SearchResults) -> SearchResults:
    """The results with the next page appended."""
    try:
        more = chat.search.fetch_search_page(found.search, after=found.page.next_cursor, limit=PAGE_SIZE)
    except ZenError as error:
        found = replace(found, error=error)
    else:
        found = replace(
            found, error=None, page=SearchPage(hits=(*found.page.hits, *more.hits), next_cursor=more.next_cursor)
        )
    st.session_state[CONVERSATIONS_RESULTS] = found
    return found


def load_all_hits(chat: ChatService, found: SearchResults) -> tuple[SearchHit, ...]:
    """All hits, at most MAX_EXPORTED: those loaded and a request for each further hundred."""
    hits, after = found.page.hits, found.page.next_cursor
    while after and len(hits) < MAX_EXPORTED:
        more = chat.search.fetch_search_page(found.search, after=after, limit=MAX_PER_REQUEST)
        hits, after = (*hits, *more.hits), more.next_cursor
    return hits[:MAX_EXPORTED]


def invalidate_search_results() -> None:
    """A callback: search again."""
    st.session_state.pop(CONVERSATIONS_RESULTS, None)


def update_search_in_url(change: Callable[[SearchQuery], SearchQuery]) -> None:
    """Change the query in the address; the page follows it."""
    query = change(parse_search_query(st.query_params))
    st.query_params.from_dict(build_search_query_params(query))


def set_thread_in_url(thread_id: str | None) -> None:
    """A callback: show a conversation, or the list again, with the filters still in the address."""
    st.session_state.pop(CONVERSATIONS_THREAD, None)
    if thread_id is None:
        st.query_params.pop(THREAD_PARAM, None)
    else:
        st.query_params[THREAD_PARAM] = thread_id


def group_hits_by_thread(hits: tuple[SearchHit, ...]) -> tuple[tuple[SearchHit, ...], ...]:
    """Consecutive hits of one conversation together, in the order found."""
    groups: list[list[SearchHit]] = []
    for hit in hits:
        if groups and groups[-1][0].thread_id == hit.thread_id:
            groups[-1].append(hit)
        else:
            groups.append([hit])
    return tuple(tuple(group) for group in groups)
