"""What a conversation is made of: written, read back, and never an error when it cannot be read."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from lib.chat.block_conversion import block_to_chart, block_to_table, chart_to_block, table_to_block
from lib.chat.blocks import (
    ChartBlock,
    Citation,
    CitationSource,
    CodeBlock,
    TableBlock,
    TextBlock,
    UnreadableBlock,
    block_to_text,
    parse_block,
    serialize_block,
)
from lib.chat.transcript import Transcript
from lib.content.model import Column, ColumnKind, Table
from lib.demo import data_files
from lib.slides import shared_sections
from tests.support.sample_accounts import full_account, nasty_account

CITED = Citation(number=1, source=CitationSource.NOTE, id="n", label="Call", quote="So.")


@pytest.mark.parametrize(
    "block",
    [
        TextBlock(text="Hello **there**.", citations=(CITED,)),
        TextBlock(text=""),
        CodeBlock(language="python", code="print(1)\n"),
        chart_to_block(shared_sections.build_usage_chart(full_account())),
        table_to_block(shared_sections.build_contacts_table("People", full_account().contacts, "None.")),
    ],
)
def test_a_block_reads_back_as_it_was_written(block: Any) -> None:
    assert parse_block(serialize_block(block)) == block
    assert block_to_text(block) is not None


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
    found = parse_block(stored)
    assert isinstance(found, UnreadableBlock)
    assert found.note


@settings(max_examples=100, deadline=None)
@given(
    some.recursive(
        some.none() | some.booleans() | some.floats() | some.text(),
        lambda deep: some.lists(deep) | some.dictionaries(some.text(), deep),
    )
)
def test_nothing_stored_is_an_error(stored: Any) -> None:
    assert parse_block(stored)
    assert parse_block({"type": "text", "text": stored})


@pytest.mark.parametrize("text", ["%{x}<br>", "$,.0f</b>", ".10f", "s3", "{x}"])
def test_a_format_is_one_of_a_few(text: str) -> None:
    block = serialize_block(chart_to_block(shared_sections.build_usage_chart(full_account()))) | {"y_format": text}
    assert isinstance(parse_block(block), UnreadableBlock)


def test_the_blocks_of_the_demo_are_blocks() -> None:
    told = [said[2] for thread in data_files.read_data("chats")["threads"] for said in thread["messages"]]
    for block in told:
        if block["type"] not in ("usage chart", "scenario table"):
            assert not isinstance(parse_block(block), UnreadableBlock), block


def test_a_chart_comes_back_as_the_slide_drew_it() -> None:
    chart = shared_sections.build_usage_chart(full_account())
    assert block_to_chart(chart_to_block(chart)) == replace(chart, takeaway=chart.takeaway)


def test_a_table_comes_back_with_its_dates_and_numbers() -> None:
    kinds = (Column(key="d", label="D", kind=ColumnKind.DATE), Column(key="m", label="M", kind=ColumnKind.MONEY))
    rows = ({"d": date(2027, 3, 1), "m": Decimal("12.5")}, {"d": None, "m": None})
    table = Table(title="T", columns=kinds, rows=rows, empty="None.")
    assert block_to_table(table_to_block(table)).rows == ({"d": date(2027, 3, 1), "m": 12.5}, {"d": None, "m": None})


def test_a_word_in_a_column_of_numbers_is_no_data() -> None:
    stored = {"type": "table", "columns": [{"key": "a", "label": "A", "kind": "money"}], "rows": [{"a": "=cmd()"}]}
    block = parse_block(stored)
    assert isinstance(block, TableBlock)
    assert block_to_table(block).rows == ({"a": None},)


def test_rows_beyond_the_most_are_counted() -> None:
    rows = tuple({"a": place} for place in range(600))
    block = table_to_block(Table(title="T", columns=(Column(key="a", label="A"),), rows=rows, empty=""))
    assert len(block.rows) == 500
    assert "100 more rows" in (block.source or "")


def test_nasty_accounts_make_blocks_too() -> None:
    account = nasty_account()
    blocks = (
        chart_to_block(shared_sections.build_usage_chart(account)),
        table_to_block(shared_sections.build_contacts_table("<b>", account.contacts, "")),
    )
    for block in blocks:
        assert isinstance(parse_block(serialize_block(block)), ChartBlock | TableBlock)


def test_code_in_an_answer_becomes_a_block_of_its_own() -> None:
    told = Transcript()
    told.add_text("Before.\n\n```evil-language\nx = 1\n```\nAfter [1] and ")
    told.add_text("[2].")
    told.add_citation(CITED)
    blocks = told.to_blocks()
    assert [block.type for block in blocks] == ["text", "code", "text"]
    assert isinstance(blocks[1], CodeBlock)
    assert blocks[1].highlight_language == "text"
    assert isinstance(blocks[2], TextBlock)
    assert blocks[2].citations == (CITED,)


def test_an_answer_without_a_word_is_an_empty_text_and_a_huge_one_is_parted() -> None:
    assert Transcript().to_blocks() == (TextBlock(text=""),)
    told = Transcript()
    told.add_text("paragraph of words\n\n" * 7_000)
    assert len(told.to_blocks()) > 1
    told = Transcript()
    told.add_text("```\na\n```\n" * 300)
    assert 0 < len(told.to_blocks()) <= 100
