"""What a conversation is made of: written, read back, and never an error when it cannot be read."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from lib.chat.blocks import (
    ChartBlock,
    Citation,
    CodeBlock,
    Source,
    TableBlock,
    TextBlock,
    Unreadable,
    plain_text,
    read_block,
    write_block,
)
from lib.chat.figures import chart_block, chart_of, table_block, table_of
from lib.chat.transcript import Transcript
from lib.demo import corpus
from lib.slides.deck import parts
from lib.slides.model import Column, ColumnKind, Table
from tests.support.accounts import full_account, nasty_account

CITED = Citation(number=1, source=Source.NOTE, id="n", label="Call", quote="So.")


@pytest.mark.parametrize(
    "block",
    [
        TextBlock(text="Hello **there**.", citations=(CITED,)),
        TextBlock(text=""),
        CodeBlock(language="python", code="print(1)\n"),
        chart_block(parts.usage_chart(full_account())),
        table_block(parts.contacts_table("People", full_account().contacts, "None.")),
    ],
)
def test_a_block_reads_back_as_it_was_written(block: Any) -> None:
    assert read_block(write_block(block)) == block
    assert plain_text(block) is not None


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"type": "video", "url": "https://evil.example"},
        {"type": "text"},
        {"type": "text", "text": "a", "html": "<b>"},
        {"type": "chart", "title": "a", "kind": "pie", "series": [], "x_label": "", "y_label": ""},
        {"type": "table", "columns": [], "rows": []},
        {"type": "table", "columns": [{"key": "a", "label": "A"}], "rows": [{"a": {"b": 1}}]},
        {"type": "table", "columns": [{"key": "a", "label": "A"}], "rows": [{"a": 1}] * 501},
        {"type": "text", "text": "x" * 400_000},
        ["text"],
        None,
        "text",
        float("nan"),
    ],
)
def test_what_is_no_block_is_shown_as_it_was_stored(stored: Any) -> None:
    found = read_block(stored)
    assert isinstance(found, Unreadable)
    assert found.note


@settings(max_examples=100, deadline=None)
@given(
    some.recursive(
        some.none() | some.booleans() | some.floats() | some.text(),
        lambda deep: some.lists(deep) | some.dictionaries(some.text(), deep),
    )
)
def test_nothing_stored_is_an_error(stored: Any) -> None:
    assert read_block(stored)
    assert read_block({"type": "text", "text": stored})


@pytest.mark.parametrize("text", ["%{x}<br>", "$,.0f</b>", ".10f", "s3", "{x}"])
def test_a_format_is_one_of_a_few(text: str) -> None:
    block = write_block(chart_block(parts.usage_chart(full_account()))) | {"y_format": text}
    assert isinstance(read_block(block), Unreadable)


def test_the_blocks_of_the_demo_are_blocks() -> None:
    told = [said[2] for thread in corpus.read("chats")["threads"] for said in thread["messages"]]
    for block in told:
        if block["type"] not in ("usage chart", "scenario table"):
            assert not isinstance(read_block(block), Unreadable), block


def test_a_chart_comes_back_as_the_slide_drew_it() -> None:
    chart = parts.usage_chart(full_account())
    assert chart_of(chart_block(chart)) == replace(chart, takeaway=chart.takeaway)


def test_a_table_comes_back_with_its_dates_and_numbers() -> None:
    kinds = (Column(key="d", label="D", kind=ColumnKind.DATE), Column(key="m", label="M", kind=ColumnKind.MONEY))
    rows = ({"d": date(2027, 3, 1), "m": Decimal("12.5")}, {"d": None, "m": None})
    table = Table(title="T", columns=kinds, rows=rows, empty="None.")
    assert table_of(table_block(table)).rows == ({"d": date(2027, 3, 1), "m": 12.5}, {"d": None, "m": None})


def test_a_word_in_a_column_of_numbers_is_no_data() -> None:
    stored = {"type": "table", "columns": [{"key": "a", "label": "A", "kind": "money"}], "rows": [{"a": "=cmd()"}]}
    block = read_block(stored)
    assert isinstance(block, TableBlock)
    assert table_of(block).rows == ({"a": None},)


def test_rows_beyond_the_most_are_counted() -> None:
    rows = tuple({"a": place} for place in range(600))
    block = table_block(Table(title="T", columns=(Column(key="a", label="A"),), rows=rows, empty=""))
    assert len(block.rows) == 500
    assert "100 more rows" in (block.source or "")


def test_nasty_accounts_make_blocks_too() -> None:
    account = nasty_account()
    blocks = (chart_block(parts.usage_chart(account)), table_block(parts.contacts_table("<b>", account.contacts, "")))
    for block in blocks:
        assert isinstance(read_block(write_block(block)), ChartBlock | TableBlock)


def test_code_in_an_answer_becomes_a_block_of_its_own() -> None:
    told = Transcript()
    told.say("Before.\n\n```evil-language\nx = 1\n```\nAfter [1] and ")
    told.say("[2].")
    told.cite(CITED)
    blocks = told.blocks()
    assert [block.type for block in blocks] == ["text", "code", "text"]
    assert isinstance(blocks[1], CodeBlock)
    assert blocks[1].shown_as == "text"
    assert isinstance(blocks[2], TextBlock)
    assert blocks[2].citations == (CITED,)


def test_an_answer_without_a_word_is_an_empty_text_and_a_huge_one_is_parted() -> None:
    assert Transcript().blocks() == (TextBlock(text=""),)
    told = Transcript()
    told.say("paragraph of words\n\n" * 7_000)
    assert len(told.blocks()) > 1
    told = Transcript()
    told.say("```\na\n```\n" * 300)
    assert 0 < len(told.blocks()) <= 100
