"""The list of hits by conversation, newest first, page by page; and as a file."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from lib.chat.answer_provenance import SOURCE_LABELS
from lib.chat.chat_search import SearchHit, SearchQuery
from lib.chat.conversation import BranchType, MessageRole, MessageStatus, describe_missing_signature
from lib.chat.search_matches import shorten_search_excerpt
from lib.chat.service import ChatService
from lib.content.block_text import NOT_IN_RECORDS
from lib.files.dated_export import build_dated_filename
from lib.files.spreadsheet_writer import CSV_MEDIA_TYPE, XLSX_MEDIA_TYPE, Sheet, SheetRow, build_csv, build_xlsx
from lib.slides.library import get_default_slide_title
from lib.text.format import format_count, humanize_code
from lib.text.html import Html, build_icon_html
from lib.text.local_time import to_local_time
from lib.text.markdown_escape import escape_markdown
from lib.text.truncate import single_line, truncate
from lib.ui import empty_and_error_states, theme
from lib.ui.conversations.search import (
    MAX_EXPORTED,
    SearchResults,
    group_hits_by_thread,
    invalidate_search_results,
    load_all_hits,
    load_older_results,
    set_thread_in_url,
)
from lib.ui.conversations.search_filters import clear_search_filters
from lib.ui.empty_and_error_states import error_boundary
from lib.ui.safe_text import draw_html
from lib.ui.session_keys import conversations_button_key, icon_only_key

HitExport = Callable[[tuple[SearchHit, ...], str], bytes]
MAX_HITS_PER_THREAD = 3
MAX_CARD_CHARS = 60
MAX_TITLE_CHARS = 90
AUTHOR_LABELS = {**SOURCE_LABELS, BranchType.LLM: "Answer"}
EXPORT_COLUMNS = (
    "when", "time_zone", "customer", "workflow", "slide", "person", "conversation", "from", "text", "address",
)  # fmt: skip


def draw_search_results(found: SearchResults, chat: ChatService, time_zone: str) -> None:
    if not found.page.hits:
        _draw_no_results(found.search)
        return
    slot = st.container()
    if found.page.next_cursor and st.session_state.get(conversations_button_key("older")):
        found = load_older_results(chat, found)
    with slot:
        _draw_results_header(found, chat, time_zone)
        for group in group_hits_by_thread(found.page.hits):
            with error_boundary(f"conversation {group[0].message_id}"):
                _draw_thread_hits(group, time_zone)
        if found.error is not None:
            empty_and_error_states.draw_error(found.error, key="conversations_older")
    if found.page.next_cursor:
        st.button("Older", key=conversations_button_key("older"), icon=":material/expand_more:")
    else:
        st.caption("No older messages.")


def build_excerpt_html(hit: SearchHit) -> Html:
    """The excerpt with its matches marked; a short one of a table, chart or code without a match."""
    is_text = hit.message_type == "text"
    excerpt = hit.excerpt if is_text or hit.excerpt.matches else shorten_search_excerpt(hit.excerpt, MAX_CARD_CHARS)
    kind = () if is_text else (theme.build_badge_html(humanize_code(hit.message_type)), " ")
    pieces = (Html("<mark>{}</mark>").format(text) if found else text for text, found in excerpt.split_at_matches())
    before, after = "… " if excerpt.has_text_before else "", " …" if excerpt.has_text_after else ""
    return Html("").join((*kind, before, *pieces, after))


def export_hits_csv(hits: tuple[SearchHit, ...], time_zone: str) -> bytes:
    """The hits as CSV, whole texts and the person's own time; a formula stays text."""
    return build_csv((EXPORT_COLUMNS, *(_list_hit_cells(hit, time_zone) for hit in hits)))


def export_hits_xlsx(hits: tuple[SearchHit, ...], time_zone: str) -> bytes:
    """The same as a spreadsheet, which opens alike whatever separator a country's Excel expects."""
    rows = (SheetRow(cells=_list_hit_cells(hit, time_zone)) for hit in hits)
    head = SheetRow(cells=EXPORT_COLUMNS, is_bold=True)
    return build_xlsx(
        Sheet(name="Conversations", rows=(head, *rows), widths=(17, 17, 24, 24, 18, 18, 24, 14, 90, 40), frozen_rows=1)
    )


def _export_all_hits(export: HitExport, found: SearchResults, chat: ChatService, time_zone: str) -> bytes:
    return export(load_all_hits(chat, found), time_zone)


def _list_hit_cells(hit: SearchHit, time_zone: str) -> tuple[str, ...]:
    """One cell for each of EXPORT_COLUMNS."""
    return (
        f"{to_local_time(hit.created_at, time_zone):%Y-%m-%d %H:%M}",
        time_zone,
        hit.customer_name,
        hit.workflow_name,
        get_default_slide_title(hit.slide_id),
        hit.owner_name,
        hit.thread_title or "",
        _format_hit_author(hit),
        hit.text,
        f"/conversations?thread={hit.thread_id}",
    )


def _draw_results_header(found: SearchResults, chat: ChatService, time_zone: str) -> None:
    shown, total = len(found.page.hits), found.facets.total
    more = "more than " if found.facets.is_capped else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"{format_count(shown)} of {more}{format_count(total, 'message')}, newest first", width="stretch")
        for label, ending, kind, export in EXPORTS:
            st.download_button(
                label, partial(_export_all_hits, export, found, chat, time_zone),
                build_dated_filename("conversations", ending, time_zone), kind, key=conversations_button_key(ending),
                icon=":material/download:", type="tertiary", on_click="ignore",
                help=f"All results, up to the newest {format_count(MAX_EXPORTED)}",
            )  # fmt: skip
        st.button(
            "Search again", key=icon_only_key(conversations_button_key("again")), icon=":material/refresh:",
            help="Search again", type="tertiary", on_click=invalidate_search_results,
        )  # fmt: skip


def _draw_thread_hits(group: tuple[SearchHit, ...], time_zone: str) -> None:
    first = group[0]
    with st.container(border=True, gap="xsmall", key=conversations_button_key("group", first.message_id)):
        st.button(
            escape_markdown(truncate(single_line(first.thread_title or "Conversation"), MAX_TITLE_CHARS)),
            key=conversations_button_key("open", first.message_id), type="tertiary", icon=":material/forum:",
            on_click=set_thread_in_url, args=(first.thread_id,), wrap=True,
        )  # fmt: skip
        place = (first.customer_name, first.workflow_name, get_default_slide_title(first.slide_id), first.owner_name)
        shared = Html(" · {}shared").format(build_icon_html(":material/group:")) if first.is_shared else ""
        draw_html(
            Html('<p class="zen-small zen-muted">{}{}</p>{}{}').format(
                " · ".join(place),
                shared,
                Html("").join(_build_hit_html(hit, time_zone) for hit in group[:MAX_HITS_PER_THREAD]),
                _build_more_hits_html(len(group) - MAX_HITS_PER_THREAD),
            )
        )


def _build_hit_html(hit: SearchHit, time_zone: str) -> Html:
    icons = Html("").join(build_icon_html(f"thumb_{thumb}") for thumb in hit.thumbs if thumb in ("up", "down"))
    thumbs = Html(" · {}").format(icons) if icons else ""
    how = "" if hit.ended is MessageStatus.COMPLETE else f" · {hit.ended.value}"
    # The excerpt may hold the figure and not the remark on it, which stands at the end of the answer.
    how += f" · {format_count(hit.unknown_claims, 'claim')} {NOT_IN_RECORDS}" if hit.unknown_claims else ""
    return Html('<p dir="auto">{}</p><p class="zen-small zen-muted">{} · {}{}{}</p>').format(
        build_excerpt_html(hit), _format_hit_author(hit), theme.format_timestamp(hit.created_at, time_zone), how, thumbs
    )


def _build_more_hits_html(number: int) -> Html:
    if number <= 0:
        return Html("")
    return Html('<p class="zen-small zen-muted">{}</p>').format(format_count(number, "more message"))


def _format_hit_author(hit: SearchHit) -> str:
    if hit.role is MessageRole.USER:
        return hit.owner_name
    if not hit.is_authentic:
        return describe_missing_signature(hit.redacted_at)
    return AUTHOR_LABELS[hit.branch_type] if hit.branch_type else "Zen"


def _draw_no_results(query: SearchQuery) -> None:
    if query.words or query.facet_values or query.since or query.until:
        text = "Search matches words and beginnings of words. Try fewer words or fewer filters."
        empty_and_error_states.draw_empty_state("Nothing found", text, icon=":material/search_off:")
        st.button("Clear the filters", key=conversations_button_key("clear_all"), on_click=clear_search_filters)
    else:
        text = "Questions you ask beside a slide, and conversations colleagues share, appear here."
        empty_and_error_states.draw_empty_state("No conversations yet", text, icon=":material/forum:")


EXPORTS = (
    ("Download CSV", "csv", CSV_MEDIA_TYPE, export_hits_csv),
    ("Download spreadsheet", "xlsx", XLSX_MEDIA_TYPE, export_hits_xlsx),
)
