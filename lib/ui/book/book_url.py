"""What of the book is shown, in the page's address: a link or a reload shows the same."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from urllib.parse import urlencode

import streamlit as st

from lib.book.model import (
    BANDS,
    DEFAULT_COLUMNS,
    MAX_NAME_CHARS,
    PAGE_ROWS,
    BookColumn,
    BookFilter,
    BookSort,
    BookView,
)
from lib.customers.model import SEGMENT_LABELS
from lib.server.page_urls import PagePath

KNOWN_PARAMS = {
    "view", "name", "owner", "segment", "health", "status", "run", "days_from", "days_to", "arr_from", "arr_to",
    "deadline", "ends", "sort", "columns", "from", "show", "embed", "embed_options",
}  # fmt: skip
MAX_ROW = 1_000_000
MAX_NUMBER = 10**12
MAX_DAYS = 100_000
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_MONTH = re.compile(r"(19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])")
_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,13}")

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class BookUrl:
    """`first` is the place of the first row, `view_id` the saved view it began with.

    `unread` are the parameters that mean nothing here; `gone_columns` those that name no column. `is_name_cut` is True
    where the name was too long to be searched for whole.
    """

    view: BookView = field(default_factory=BookView)
    first: int = 0
    shows_renewals: bool = False
    view_id: str | None = None
    unread: tuple[str, ...] = ()
    gone_columns: tuple[str, ...] = ()
    is_name_cut: bool = False

    def show_renewals(self, shows: bool) -> "BookUrl":
        """The same customers as a calendar, or as a list."""
        return replace(self, shows_renewals=shows)


class _ParamReader:
    """Reads parameters one by one, and remembers those that mean nothing."""

    def __init__(self, params: Mapping[str, str]) -> None:
        self._params = params
        self.unread: list[str] = []

    def read_param(self, name: str, parse: Callable[[str], T | None]) -> T | None:
        text = self._params.get(name)
        if not text:
            return None
        value = parse(text)
        if value is None:
            self.unread.append(name)
        return value


def parse_book_url(params: Mapping[str, str], *, leads_team: bool) -> BookUrl:
    """What an address shows. What cannot be read is left out and named."""
    reader = _ParamReader(params)
    sort, descending = reader.read_param("sort", _parse_book_sort) or (BookSort.DEADLINE, False)
    columns, gone = _parse_column_list(params.get("columns") or "")
    book_filter = BookFilter(
        owner=reader.read_param("owner", _parse_owner_filter) or ("team" if leads_team else "mine"),
        segments=reader.read_param("segment", lambda text: _parse_code_list(text, SEGMENT_LABELS)) or (),
        bands=reader.read_param("health", lambda text: _parse_code_list(text, BANDS)) or (),
        status=reader.read_param("status", lambda text: "churned" if text == "churned" else None),
        name=(params.get("name") or "").strip()[:MAX_NAME_CHARS] or None,
        has_run=reader.read_param("run", lambda text: {"yes": True, "no": False}.get(text)),
        days_from=reader.read_param("days_from", lambda text: _parse_bounded_number(text, -MAX_DAYS, MAX_DAYS)),
        days_to=reader.read_param("days_to", lambda text: _parse_bounded_number(text, -MAX_DAYS, MAX_DAYS)),
        arr_from=reader.read_param("arr_from", lambda text: _parse_bounded_number(text, 0, MAX_NUMBER)),
        arr_to=reader.read_param("arr_to", lambda text: _parse_bounded_number(text, 0, MAX_NUMBER)),
        deadline_month=reader.read_param("deadline", _parse_month),
        end_month=reader.read_param("ends", _parse_month),
    )
    view = BookView(filter=book_filter, sort=sort, descending=descending, columns=columns)
    return BookUrl(
        view=view,
        first=reader.read_param("from", lambda text: _parse_bounded_number(text, 0, MAX_ROW)) or 0,
        shows_renewals=params.get("show") == "renewals",
        view_id=reader.read_param("view", _parse_uuid),
        unread=(*reader.unread, *sorted(set(params) - KNOWN_PARAMS)),
        gone_columns=gone,
        is_name_cut=len((params.get("name") or "").strip()) > MAX_NAME_CHARS,
    )


def build_book_query_params(address: BookUrl, *, leads_team: bool) -> dict[str, str]:
    """The parameters of an address, without those that say what is shown anyway."""
    view, shown = address.view, address.view.filter
    default_owner = "team" if leads_team else "mine"
    given: dict[str, Any] = {
        "view": address.view_id,
        "name": shown.name,
        "owner": None if shown.owner == default_owner else shown.owner,
        "segment": ",".join(shown.segments),
        "health": ",".join(shown.bands),
        "status": shown.status,
        "run": None if shown.has_run is None else "yes" if shown.has_run else "no",
        "days_from": shown.days_from,
        "days_to": shown.days_to,
        "arr_from": shown.arr_from,
        "arr_to": shown.arr_to,
        "deadline": shown.deadline_month,
        "ends": shown.end_month,
        "sort": _format_book_sort(view),
        "columns": "" if view.columns == DEFAULT_COLUMNS else ",".join(view.columns) or "none",
        "from": address.first or None,
        "show": "renewals" if address.shows_renewals else None,
    }
    return {name: str(value) for name, value in given.items() if value not in (None, "")}


def build_owner_link(owner_id: str, **params: str) -> str:
    """The address of the book of a person: "/book?owner=4f1c…&health=red"."""
    return f"/{PagePath.BOOK}?{urlencode({'owner': owner_id, **params})}"


def change_book_url(change: Callable[[BookUrl], BookUrl], *, leads_team: bool) -> None:
    """For callbacks: change what the address shows; the page follows it."""
    address = parse_book_url(st.query_params, leads_team=leads_team)
    st.query_params.from_dict(build_book_query_params(change(address), leads_team=leads_team))


def with_book_filter(address: BookUrl, **changes: Any) -> BookUrl:
    """The address with another filter, from its first row."""
    return replace(address, first=0, view=replace(address.view, filter=replace(address.view.filter, **changes)))


def with_book_page(address: BookUrl, place: int) -> BookUrl:
    """The address `place` pages further."""
    return replace(address, first=max(0, address.first + place * PAGE_ROWS))


def _parse_book_sort(text: str) -> tuple[BookSort, bool] | None:
    name, _, direction = text.partition(".")
    known = name in set(BookSort) and direction in ("", "desc")
    return (BookSort(name), direction == "desc") if known else None


def _format_book_sort(view: BookView) -> str:
    if (view.sort, view.descending) == (BookSort.DEADLINE, False):
        return ""
    return f"{view.sort}.desc" if view.descending else view.sort


def _parse_column_list(text: str) -> tuple[tuple[BookColumn, ...], tuple[str, ...]]:
    """The columns of a list, the usual ones if all of them are gone; and the names in it that are none."""
    names = [name for name in dict.fromkeys(text[:1000].split(",")) if name]
    if not names:
        return DEFAULT_COLUMNS, ()
    if names == ["none"]:
        return (), ()
    known = tuple(BookColumn(name) for name in names if name in set(BookColumn))
    return known or DEFAULT_COLUMNS, tuple(name for name in names if name not in set(BookColumn))


def _parse_owner_filter(text: str) -> str | None:
    return text if text in ("mine", "team") else _parse_uuid(text)


def _parse_uuid(text: str) -> str | None:
    return text.lower() if _UUID.fullmatch(text) else None


def _parse_month(text: str) -> str | None:
    return text if _MONTH.fullmatch(text) else None


def _parse_bounded_number(text: str, low: int, high: int) -> int | None:
    number = int(text) if _WHOLE_NUMBER.fullmatch(text) else None
    return number if number is not None and low <= number <= high else None


def _parse_code_list(text: str, known: Any) -> tuple[str, ...] | None:
    codes = tuple(dict.fromkeys(text.split(",")))
    return tuple(str(code) for code in codes) if all(code in tuple(known) for code in codes) else None
