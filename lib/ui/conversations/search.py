"""What was found, kept in this browser tab: two requests when something else is looked for, one for "Older", none on a
rerun."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import streamlit as st

from lib.chat.chat_search import Facets, SearchHit, SearchPage, SearchQuery
from lib.chat.service import ChatService
from lib.errors import ZenError
from lib.ui.conversations import url_state
from lib.ui.keys import CONVERSATIONS_QUERY, CONVERSATIONS_RESULTS, CONVERSATIONS_THREAD

PAGE_SIZE = 20
MAX_EXPORTED, MAX_PER_REQUEST = 2000, 100


@dataclass(frozen=True, kw_only=True)
class SearchResults:
    """`trouble` is why older ones could not be had; those at hand stay."""

    search: SearchQuery
    facets: Facets
    page: SearchPage
    error: ZenError | None = None


def load_results(chat: ChatService, wanted: SearchQuery) -> SearchResults:
    """What is found for `wanted`. Raises InvalidInput, Unavailable."""
    kept: SearchResults | None = st.session_state.get(CONVERSATIONS_RESULTS)
    if kept is not None and kept.search == wanted and CONVERSATIONS_QUERY in st.session_state:
        return kept
    looked = SearchResults(
        search=wanted, facets=chat.count_chat_facets(wanted), page=chat.search_chats(wanted, most=PAGE_SIZE)
    )
    st.session_state[CONVERSATIONS_RESULTS] = looked
    return looked


def load_older(chat: ChatService, looked: SearchResults) -> SearchResults:
    """With the next page behind those at hand."""
    try:
        more = chat.search_chats(looked.search, after=looked.page.next_cursor, most=PAGE_SIZE)
    except ZenError as error:
        looked = replace(looked, error=error)
    else:
        looked = replace(
            looked, error=None, page=SearchPage(hits=(*looked.page.hits, *more.hits), next_cursor=more.next_cursor)
        )
    st.session_state[CONVERSATIONS_RESULTS] = looked
    return looked


def load_all(chat: ChatService, looked: SearchResults) -> tuple[SearchHit, ...]:
    """All that was found, at most MOST_TAKEN: those at hand and a request for each further hundred."""
    hits, after = looked.page.hits, looked.page.next_cursor
    while after and len(hits) < MAX_EXPORTED:
        more = chat.search_chats(looked.search, after=after, most=MAX_PER_REQUEST)
        hits, after = (*hits, *more.hits), more.next_cursor
    return hits[:MAX_EXPORTED]


def invalidate_results() -> None:
    """A callback: look again."""
    st.session_state.pop(CONVERSATIONS_RESULTS, None)


def update_search(change: Callable[[SearchQuery], SearchQuery]) -> None:
    """Look for something else: the address changes, and the page follows it."""
    wanted = change(url_state.parse_search(st.query_params))
    st.query_params.from_dict(url_state.to_query_params(wanted))


def open_thread(thread_id: str | None) -> None:
    """A callback: show a conversation, or the list again, with the filters still in the address."""
    st.session_state.pop(CONVERSATIONS_THREAD, None)
    if thread_id is None:
        st.query_params.pop(url_state.THREAD_PARAM, None)
    else:
        st.query_params[url_state.THREAD_PARAM] = thread_id


def group_by_thread(hits: tuple[SearchHit, ...]) -> tuple[tuple[SearchHit, ...], ...]:
    """Neighbours of one conversation together, in the order found."""
    groups: list[list[SearchHit]] = []
    for hit in hits:
        if groups and groups[-1][0].thread_id == hit.thread_id:
            groups[-1].append(hit)
        else:
            groups.append([hit])
    return tuple(tuple(group) for group in groups)
