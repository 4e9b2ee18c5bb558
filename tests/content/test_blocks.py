"""Content of the chat: written, read back, and never an error when it cannot be read."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from lib.content.block_json import UnreadableBlock, parse_block, serialize_block
from lib.content.block_text import block_to_text
from lib.content.model import Citation, CitationSource, Code, Column, ColumnKind, Table, Text
from lib.demo import data_files
from lib.slides import shared_sections
from tests.support.sample_accounts import full_account, nasty_account

CITED = Citation(number=1, source=CitationSource.NOTE, id="n", label="Call", quote="So.")


@pytest.mark.parametrize(
    "block",
    [
        Text(markdown="Hello **there**.", citations=(CITED,)),
        Text(markdown=""),
        Code(language="python", code="print(1)\n"),
        shared_sections.build_usage_chart(full_account()),
        shared_sections.build_contacts_table("People", full_account().contacts, "None."),
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
        {"type": ["text"]},
        {"type": "text"},
        {"type": "text", "markdown": "a"},
        {"type": "text", "text": "a", "html": "<b>"},
        {"type": "chart", "title": "a", "kind": "pie", "series": [], "x_label": "", "y_label": ""},
        {"type": "table", "columns": [], "rows": []},
        {"type": "table", "columns": [{"key": "a", "label": "A"}], "rows": [{"a": {"b": 1}}]},
        {"type": "table", "columns": [{"key": "a", "label": "A"}], "rows": [{"a": 1}] * 501},
        {"type": "table", "columns": [{"key": "a", "label": "A", "required": True}], "rows": []},
        {"type": "text", "text": "x" * 400_000},
        ["text"],
        None,
        "text",
        float("nan"),
    ],
)
def test_json_that_is_no_block_is_shown_as_it_was_stored(stored: Any) -> None:
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
def test_no_json_is_an_error(stored: Any) -> None:
    assert parse_block(stored)
    assert parse_block({"type": "text", "text": stored})


@pytest.mark.parametrize("text", ["%{x}<br>", "$,.0f</b>", "$,.0f\n", ".10f", "s3", "{x}"])
def test_a_number_format_is_one_of_a_few(text: str) -> None:
    stored = serialize_block(shared_sections.build_usage_chart(full_account())) | {"y_format": text}
    assert isinstance(parse_block(stored), UnreadableBlock)


def test_the_blocks_of_the_demo_can_be_read() -> None:
    stored = [message[2] for thread in data_files.read_data_file("chats")["threads"] for message in thread["messages"]]
    as_stored = [block for block in stored if block["type"] not in ("usage chart", "scenario table")]
    assert {block["type"] for block in as_stored} == {"text", "table", "code"}
    assert [block for block in as_stored if isinstance(parse_block(block), UnreadableBlock)] == []


def test_a_table_comes_back_with_its_dates_and_numbers() -> None:
    columns = (Column(key="d", label="D", kind=ColumnKind.DATE), Column(key="m", label="M", kind=ColumnKind.MONEY))
    rows = ({"d": date(2027, 3, 1), "m": Decimal("12.5")}, {"d": None, "m": None})
    found = parse_block(serialize_block(Table(title="T", columns=columns, rows=rows, empty="None.")))
    assert isinstance(found, Table)
    assert found.rows == ({"d": date(2027, 3, 1), "m": 12.5}, {"d": None, "m": None})


def test_text_in_a_numeric_column_is_no_data() -> None:
    stored = {"type": "table", "columns": [{"key": "a", "label": "A", "kind": "money"}], "rows": [{"a": "=cmd()"}]}
    found = parse_block(stored)
    assert isinstance(found, Table)
    assert found.rows == ({"a": None},)


def test_rows_beyond_the_limit_are_counted_in_the_source() -> None:
    table = Table(title="T", columns=(Column(key="a", label="A"),), rows=tuple({"a": place} for place in range(600)))
    stored = serialize_block(table)
    assert len(stored["rows"]) == 500
    assert stored["source"] == "100 more rows are not shown."


def test_a_nasty_account_makes_blocks_that_can_be_read() -> None:
    account = nasty_account()
    for block in (
        shared_sections.build_usage_chart(account),
        shared_sections.build_contacts_table("<b>", account.contacts, ""),
    ):
        assert isinstance(parse_block(serialize_block(block)), type(block))
