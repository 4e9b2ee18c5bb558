"""What was found, kept in this browser tab: two requests when something else is looked for, one for "Older", none on a
rerun."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import streamlit as st

from lib.chat.explorer import Facets, Found, Hit, Search
from lib.chat.service import ChatService
from lib.errors import ZenError
from lib.ui.explorer import address
from lib.ui.keys import EXPLORER_FOUND, EXPLORER_OPEN, EXPLORER_WORDS

PAGE = 20
MOST_TAKEN, MOST_A_REQUEST = 2000, 100


@dataclass(frozen=True, kw_only=True)
class Looked:
    """`trouble` is why older ones could not be had; those at hand stay."""

    wanted: Search
    facets: Facets
    found: Found
    trouble: ZenError | None = None


def look(chat: ChatService, wanted: Search) -> Looked:
    """What is found for `wanted`. Raises InvalidInput, Unavailable."""
    kept: Looked | None = st.session_state.get(EXPLORER_FOUND)
    if kept is not None and kept.wanted == wanted and EXPLORER_WORDS in st.session_state:
        return kept
    looked = Looked(wanted=wanted, facets=chat.chat_facets(wanted), found=chat.search_chats(wanted, most=PAGE))
    st.session_state[EXPLORER_FOUND] = looked
    return looked


def older(chat: ChatService, looked: Looked) -> Looked:
    """With the next page behind those at hand."""
    try:
        more = chat.search_chats(looked.wanted, after=looked.found.after, most=PAGE)
    except ZenError as error:
        looked = replace(looked, trouble=error)
    else:
        looked = replace(looked, trouble=None, found=Found(hits=(*looked.found.hits, *more.hits), after=more.after))
    st.session_state[EXPLORER_FOUND] = looked
    return looked


def whole(chat: ChatService, looked: Looked) -> tuple[Hit, ...]:
    """All that was found, at most MOST_TAKEN: those at hand and a request for each further hundred."""
    hits, after = looked.found.hits, looked.found.after
    while after and len(hits) < MOST_TAKEN:
        more = chat.search_chats(looked.wanted, after=after, most=MOST_A_REQUEST)
        hits, after = (*hits, *more.hits), more.after
    return hits[:MOST_TAKEN]


def forget() -> None:
    """A callback: look again."""
    st.session_state.pop(EXPLORER_FOUND, None)


def look_for(change: Callable[[Search], Search]) -> None:
    """Look for something else: the address changes, and the page follows it."""
    wanted = change(address.read(st.query_params))
    st.query_params.from_dict(address.write(wanted))


def open_thread(thread_id: str | None) -> None:
    """A callback: show a conversation, or the list again, with the filters still in the address."""
    st.session_state.pop(EXPLORER_OPEN, None)
    if thread_id is None:
        st.query_params.pop(address.THREAD, None)
    else:
        st.query_params[address.THREAD] = thread_id


def by_thread(hits: tuple[Hit, ...]) -> tuple[tuple[Hit, ...], ...]:
    """Neighbours of one conversation together, in the order found."""
    groups: list[list[Hit]] = []
    for hit in hits:
        if groups and groups[-1][0].thread_id == hit.thread_id:
            groups[-1].append(hit)
        else:
            groups.append([hit])
    return tuple(tuple(group) for group in groups)
