"""Draws the blocks of an answer, running or stored: one `match` over the union of `lib.content.block_json`.

Text is drawn paragraph by paragraph, each an element of its own, so that a stream resends only the last of them.
"""

from collections.abc import Iterable, Iterator, Sequence

import streamlit as st

from lib.chat import record_passages
from lib.content.block_json import Block, UnreadableBlock
from lib.content.block_text import describe_dropped_sentences, describe_unknown_claim
from lib.content.model import Chart, Citation, Code, Table, Text, UnknownClaim
from lib.customers.model import Account
from lib.text.format import format_count
from lib.text.html import Html, build_icon_html
from lib.text.markdown_escape import escape_markdown
from lib.text.markdown_parser import TOOL_CALL_INFO, create_markdown_parser
from lib.text.truncate import single_line
from lib.ui import charts, tables
from lib.ui.safe_text import draw_html, draw_markdown

MAX_RECORD_LENGTH = 4000
MAX_SET_ROWS = 8
"""Rows of a table drawn as text beside a slide, where a grid would crop its words."""
MAX_NARROW_COLUMNS = 3
"""Columns that are read without scrolling beside a slide."""

_PARSER = create_markdown_parser()


def draw_block(
    block: Block | UnreadableBlock, *, key: str, account: Account | None = None, max_set_rows: int = MAX_SET_ROWS
) -> None:
    """Draw a block. With `account` a text's sources show their whole records; tables up to `max_set_rows` are drawn as
    text, longer ones as grids."""
    match block:
        case Text():
            for part in split_markdown_parts(block.markdown):
                draw_markdown_part(part, marked=[claim.said for claim in block.unknown_claims])
            _draw_answer_remarks(block)
            _draw_citations(block.citations, key=key, account=account)
        case Table():
            tables.draw_table(block, key=key, max_static_rows=max_set_rows)
        case Chart():
            charts.draw_chart(block, key=key)
        case Code():
            st.code(
                block.code,
                language=None if block.highlight_language == "text" else block.highlight_language,
                wrap_lines=True,
            )
            _draw_answer_remarks(block)
        case UnreadableBlock():
            st.caption(f":material/data_object: {escape_markdown(block.note)}")
            st.code(block.raw, language="json", wrap_lines=True)
        case unknown:
            raise NotImplementedError(f"No way to draw a block of {type(unknown).__name__}.")


def draw_open_large_button(block: Block | UnreadableBlock, *, key: str, disabled: bool = False) -> None:
    """Below a table that is wider than the chat: a button that shows it over the page."""
    if not isinstance(block, Table) or not block.rows or len(block.columns) <= MAX_NARROW_COLUMNS:
        return
    if st.button("Open large", key=key, type="tertiary", icon=":material/open_in_full:", disabled=disabled):
        show_table_dialog(block)


@st.dialog("Table", width="large", icon=":material/table:")
def show_table_dialog(table: Table) -> None:
    tables.draw_table(table)


def has_nonempty_tables(blocks: Iterable[Block | UnreadableBlock]) -> bool:
    return any(isinstance(block, Table) and block.rows for block in blocks)


def draw_tables_as_grids(blocks: Iterable[Block | UnreadableBlock], *, key: str) -> None:
    """Draw the tables again as grids, to sort and to download."""
    for place, block in enumerate(blocks):
        if isinstance(block, Table) and block.rows:
            tables.draw_table(block, key=f"{key}.{place}", max_static_rows=0)


def draw_markdown_part(part: str, *, marked: Sequence[str] = ()) -> None:
    """Draw one part of a text as its own element; `marked` are words that are not in the records."""
    token = next(iter(_PARSER.parse(part)), None)
    if token is not None and token.type == "fence":
        if token.info == TOOL_CALL_INFO:
            st.caption(":material/code_off: The model wrote a tool call as text. It was not run.")
        draw_block(Code(language=token.info.strip().split(" ")[0].lower()[:40] or "text", code=token.content), key="")
    else:
        draw_markdown(part, marked=marked)


def split_markdown_parts(text: str) -> tuple[str, ...]:
    """Split Markdown into paragraphs, whole lists, whole tables and whole code blocks."""
    lines = text.split("\n")
    starts = list(_find_part_starts(text))
    if not starts:
        return (text,) if text.strip() else ()
    ends = [*starts[1:], len(lines)]
    return tuple("\n".join(lines[start:end]).strip("\n") for start, end in zip(starts, ends, strict=True))


def _find_part_starts(text: str) -> Iterator[int]:
    """The line each part starts at; what stands before the first belongs to it."""
    found = 0
    for token in _PARSER.parse(text):
        if token.level == 0 and token.map and token.nesting >= 0:
            yield token.map[0] if found else 0
            found += 1


def _draw_answer_remarks(block: Text | Code) -> None:
    draw_claim_remarks(
        block.unknown_claims, dropped_sentences=block.dropped_sentences if isinstance(block, Text) else 0
    )


def draw_claim_remarks(claims: Iterable[UnknownClaim], *, dropped_sentences: int = 0) -> None:
    """What the check of a text found: claims that are in no record, with the fact closest to each."""
    items = [_build_claim_html(claim) for claim in claims]
    items += [
        Html('<span class="zen-muted">{}</span>').format(remark)
        for remark in describe_dropped_sentences(dropped_sentences)
    ]
    if items:
        draw_html(Html('<ul class="zen-remarks">{}</ul>').format(Html("").join(map(Html("<li>{}</li>").format, items))))


def _build_claim_html(claim: UnknownClaim) -> Html:
    remark = describe_unknown_claim(claim).removeprefix(claim.said)
    mark = Html('<span class="zen-warning">{}</span> <span class="zen-strong">{}</span>')
    return mark.format(build_icon_html(":material/help:"), claim.said) + Html(
        '<span class="zen-muted">{}</span>'
    ).format(remark)


def _draw_citations(citations: tuple[Citation, ...], *, key: str, account: Account | None) -> None:
    if not citations:
        return
    with st.expander(format_count(len(citations), "source"), type="compact", key=f"{key}.sources"):
        for citation in citations:
            record = _build_citation_text(citation, account)
            st.markdown(f"**[{citation.number}] {escape_markdown(citation.label)}**  \n{record}")


def _build_citation_text(citation: Citation, account: Account | None) -> str:
    """The whole record as it is now with the cited words in bold; only those if it is unknown."""
    passage = record_passages.find_record_of_citation(account, citation) if account else None
    quote = single_line(citation.quote)
    if passage is None:
        # An older record is found by a search, but not loaded with the account.
        is_gone = account is not None and not record_passages.has_records_not_loaded(account, citation.source)
        gone = "  \n:gray[It is no longer on record.]" if is_gone else ""
        return f"“{escape_markdown(quote)}”{gone}"
    before, found, after = single_line(passage.text, max_length=MAX_RECORD_LENGTH).partition(quote)
    if not found:
        return escape_record_text(passage.text)
    return " ".join(
        part for part in (escape_markdown(before), f"**{escape_markdown(quote)}**", escape_markdown(after)) if part
    )


def escape_record_text(text: str) -> str:
    return " ".join(escape_markdown(text[at : at + 1500]) for at in range(0, min(len(text), MAX_RECORD_LENGTH), 1500))
