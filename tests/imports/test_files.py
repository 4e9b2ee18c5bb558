"""Every file of `tests/imports/files` comes to what `outcomes.toml` says of it."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from lib.errors import InvalidInput
from lib.imports.column_mapping import ColumnMapping, LeftOutColumn
from lib.imports.column_profile import profile_table
from lib.imports.column_recognition import recognize_table
from lib.imports.file_reader import read_file_table
from lib.imports.file_table import FileTable
from lib.imports.mapping_questions import QuestionKind, list_mapping_questions
from lib.imports.parsed_records import ParsedRecord
from lib.imports.record_parser import RecordParser

FOLDER = Path(__file__).with_name("files")
OUTCOMES: dict[str, dict[str, Any]] = tomllib.loads((FOLDER / "outcomes.toml").read_text(encoding="utf-8"))
REFUSED = [name for name, outcome in OUTCOMES.items() if "error" in outcome]
READ = [name for name in OUTCOMES if name not in REFUSED]
PLACES = ("first", "second", "third")


def open_table(name: str) -> FileTable:
    # Held open by the table: rows are streamed.
    return read_file_table((FOLDER / name).open("rb"), name)


def recognize(table: FileTable) -> tuple[ColumnMapping, list[str], list[str]]:
    """The mapping, what is asked, and what is missing."""
    profile = profile_table(table)
    mapping = recognize_table(profile).mapping
    questions = list_mapping_questions(mapping, profile)
    asked = [f"{question.kind} {question.header}" for question in questions if question.kind != QuestionKind.MISSING]
    return mapping, asked, [question.fields[0] for question in questions if question.kind == QuestionKind.MISSING]


def choose(mapping: ColumnMapping, choices: dict[str, dict[str, Any]]) -> ColumnMapping:
    document = mapping.model_dump()
    for column in document["columns"]:
        for key, value in choices.get(column["header"], {}).items():
            column[key] = {**column["words"], **value} if key == "words" else value
    return ColumnMapping.model_validate(document)


def parse(table: FileTable, mapping: ColumnMapping) -> list[tuple[int, ParsedRecord]]:
    parser = RecordParser(mapping)
    return [(line, parser.parse_record(cells)) for line, cells in table.rows]


def test_every_file_has_an_outcome_and_every_outcome_a_file() -> None:
    assert {path.name for path in FOLDER.iterdir()} - {"outcomes.toml"} == set(OUTCOMES)
    assert len(OUTCOMES) >= 60


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_read_is_refused_with_its_reason(name: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        profile_table(open_table(name))
    assert refusal.value.message == OUTCOMES[name]["error"]


@pytest.mark.parametrize("name", READ)
def test_a_file_is_recognised(name: str) -> None:
    outcome, table = OUTCOMES[name], open_table(name)
    mapping, asked, missing = recognize(table)
    assert mapping.kind == outcome["kind"]
    assert mapping.source == outcome.get("source", "file")
    layout = table.layout
    for part in ("encoding", "separator", "sheet"):
        assert getattr(layout, part) == outcome.get(part, getattr(layout, part)), part
    assert list(layout.notes) == outcome.get("notes", [])
    assert len(table.columns) == outcome.get("columns", len(table.columns))
    left_out = [column.header for column in mapping.columns if isinstance(column, LeftOutColumn)]
    assert left_out == outcome.get("left_out", [])
    assert missing == outcome.get("missing", [])
    assert mapping.usage_period == outcome.get("usage_period", mapping.usage_period)
    if "undecided" in outcome:
        assert len(asked) == outcome["undecided"]
    else:
        assert asked == outcome.get("questions", [])


@pytest.mark.parametrize("name", READ)
def test_the_records_of_a_file_have_their_values(name: str) -> None:
    outcome, table = OUTCOMES[name], open_table(name)
    records = parse(table, choose(recognize(table)[0], outcome.get("choose", {})))
    assert len(records) == outcome["rows"]
    problems = [f"{line} {problem.column}: {problem.reason}" for line, record in records for problem in record.problems]
    assert problems == outcome.get("problems", [])
    for place, (_, record) in zip(PLACES, records, strict=False):
        assert {key: record.values.get(key) for key in outcome.get(place, {})} == outcome.get(place, {})
    if records:
        first = records[0][1].values
        assert not set(outcome.get("absent", [])) & set(first)
        assert all(key in first and first[key] is None for key in outcome.get("null", []))
