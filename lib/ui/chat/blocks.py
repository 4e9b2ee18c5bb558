"""Blocks of a conversation on the page: one `match` over the closed union of `lib.chat.blocks`, for an answer that is
being written and for one of last year alike. A new kind of block costs a case.

Text is drawn paragraph by paragraph, each an element of its own, so that a stream resends only the last of them.
"""

from collections.abc import Iterable, Iterator

import streamlit as st
from markdown_it import MarkdownIt

from lib.accounts.model import Account
from lib.chat import figures, records
from lib.chat.blocks import Block, ChartBlock, Citation, CodeBlock, TableBlock, TextBlock, Unreadable
from lib.chat.safe_markdown import safe
from lib.slides.words import count, escape, plain
from lib.ui import charts, tables

LONGEST_RECORD = 4000
MOST_ROWS_BESIDE = 8
"""Of a table that is set like text in the column beside a slide: there a grid crops its words."""

_PARSER = MarkdownIt("commonmark", {"html": False}).enable(["table"])


def draw(
    block: Block | Unreadable, *, key: str, account: Account | None = None, most_set: int = MOST_ROWS_BESIDE
) -> None:
    """`account` opens the records behind the sources of a text; without it their own words stand there. A table of
    `most_set` rows is set like text, a longer one is a grid."""
    match block:
        case TextBlock():
            for part in parts_of(block.text):
                draw_part(part)
            _sources(block.citations, key=key, account=account)
        case TableBlock():
            tables.draw_table(figures.table_of(block), key=key, most_set=most_set)
        case ChartBlock():
            charts.draw(figures.chart_of(block), key=key)
        case CodeBlock():
            st.code(block.code, language=None if block.shown_as == "text" else block.shown_as, wrap_lines=True)
        case Unreadable():
            st.caption(f":material/data_object: {escape(block.note)}")
            st.code(block.raw, language="json", wrap_lines=True)
        case unknown:
            raise NotImplementedError(f"No way to draw a block of {type(unknown).__name__}.")


def has_grids(blocks: Iterable[Block | Unreadable]) -> bool:
    return any(isinstance(block, TableBlock) and block.rows for block in blocks)


def draw_grids(blocks: Iterable[Block | Unreadable], *, key: str) -> None:
    """The tables once more as grids: to sort and to download."""
    for place, block in enumerate(blocks):
        if isinstance(block, TableBlock) and block.rows:
            tables.draw_table(figures.table_of(block), key=f"{key}.{place}", most_set=0)


def draw_part(part: str) -> None:
    """One part of a text, as an element of its own."""
    token = next(iter(_PARSER.parse(part)), None)
    if token is not None and token.type == "fence":
        draw(CodeBlock(language=token.info.strip().split(" ")[0].lower()[:40] or "text", code=token.content), key="")
    else:
        st.markdown(safe(part))


def parts_of(text: str) -> tuple[str, ...]:
    """A text in its outermost parts: paragraphs, whole lists, whole tables, whole fences."""
    lines = text.split("\n")
    starts = list(_starts(text))
    if not starts:
        return (text,) if text.strip() else ()
    ends = [*starts[1:], len(lines)]
    return tuple("\n".join(lines[start:end]).strip("\n") for start, end in zip(starts, ends, strict=True))


def _starts(text: str) -> Iterator[int]:
    """The line each part begins at; what stands before the first belongs to it."""
    found = 0
    for token in _PARSER.parse(text):
        if token.level == 0 and token.map and token.nesting >= 0:
            yield token.map[0] if found else 0
            found += 1


def _sources(citations: tuple[Citation, ...], *, key: str, account: Account | None) -> None:
    if not citations:
        return
    with st.expander(count(len(citations), "source"), type="compact", key=f"{key}.sources"):
        for citation in citations:
            st.markdown(f"**[{citation.number}] {escape(citation.label)}**  \n{_record(citation, account)}")


def _record(citation: Citation, account: Account | None) -> str:
    """The whole record as it is now with the words cited in bold, or only these."""
    passage = records.find(account, citation) if account else None
    quote = plain(citation.quote)
    if passage is None:
        gone = "" if account is None else "  \n:gray[It is not on record any more.]"
        return f"“{escape(quote)}”{gone}"
    before, found, after = plain(passage.text, most=LONGEST_RECORD).partition(quote)
    if not found:
        return escape_long(passage.text)
    return " ".join(part for part in (escape(before), f"**{escape(quote)}**", escape(after)) if part)


def escape_long(text: str) -> str:
    return " ".join(escape(text[at : at + 1500]) for at in range(0, min(len(text), LONGEST_RECORD), 1500))
