"""What is looked for, as it stands in the page's address: a link or a reload finds the same. The address is the only
place it is kept; widgets show it and change it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from lib.chat.explorer import Search

WORDS, THREAD, VIEW, SINCE, UNTIL = "q", "thread", "view", "from", "to"
USE, DRAFTS = "use", "drafts"
FACETS: Mapping[str, str] = {
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

MOST_WORDS = 1000
MOST_VALUES = 50


class Params(Protocol):
    """The two things asked of `st.query_params`."""

    def get(self, name: str, /) -> str | None: ...

    def get_all(self, name: str, /) -> Sequence[str]: ...


def read(params: Params) -> Search:
    """Anything may stand in an address: what is none of ours is not looked for."""
    chosen = {name: tuple(dict.fromkeys(params.get_all(name)))[:MOST_VALUES] for name in FACETS}
    return Search(
        words=(params.get(WORDS) or "").strip()[:MOST_WORDS],
        chosen={name: values for name, values in chosen.items() if values},
        since=_day(params.get(SINCE)),
        until=_day(params.get(UNTIL)),
    )


def write(wanted: Search) -> dict[str, str | list[str]]:
    """`wanted` as parameters."""
    days = {SINCE: wanted.since, UNTIL: wanted.until}
    written: dict[str, str | list[str]] = {name: list(values) for name, values in wanted.chosen.items() if values}
    written |= {name: day.isoformat() for name, day in days.items() if day}
    return written | ({WORDS: wanted.words} if wanted.words else {})


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
