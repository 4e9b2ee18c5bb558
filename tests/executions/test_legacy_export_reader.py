"""Files that are not what they should be are refused whole, in a sentence, before anything is written."""

import json
from pathlib import Path

import pytest

from lib.errors import InvalidInput
from lib.executions.__main__ import main
from lib.executions.legacy.legacy_export_reader import LegacyExport, read_legacy_export
from lib.executions.legacy.mapping_file import read_mapping_file

HEAD = '{"format": "zen-legacy-executions/1", "company": "Acme", "executions": ['


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "export.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "line 1, column 1: “{” was expected"),
        ("[]", "line 1, column 1: “{” was expected"),
        (HEAD + '\n{"a": 1}\n{"b": 2}]}', "line 3, column 1: “,” was expected"),
        (HEAD + '\n{"a": 1},\n{"b": }]}', "line 3, column 7: expecting value"),
        (HEAD + '\n{"a": 1},\n{"b"', "line 3, column 5: expecting ':' delimiter"),
        (HEAD + '{"a": 1},', "column 82: expecting value"),
        (HEAD + "]", "column 74: “,” was expected"),
        (HEAD + "]} and more", "column 76: something stands after the end"),
        (HEAD + '{"a": "\x01"}]}', "column 80: invalid control character at"),
        (HEAD + '{"a": NaN}]}', "NaN is not a number of JSON"),
        (HEAD + '{"a": ' + "9" * 5000 + "}]}", "column 73: in what begins here, a number has too many digits"),
        (HEAD + "[" * 100_000 + "]}", "nested too deeply"),
        (HEAD + '], "executions": []}', "“executions” stands there twice"),
        ('{"format": "zen-legacy-executions/1", "company": "Acme"}', "The file has no “executions”."),
        ('{"format": "zen-legacy-executions/1", "executions": []}', "“company” is missing"),
        ('{"format": "zen-legacy-executions/2", "executions": []}', "it says “zen-legacy-executions/2”"),
        ('{"executions": []}', "it says nothing"),
        (b'{"format":\n "caf\xe9"}', "not UTF-8: line 2, byte 6"),
        ("{}".encode("utf-16"), "not UTF-8: line 1, byte 1"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(tmp_path: Path, content: str | bytes, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_legacy_export(written(tmp_path, content))
    assert said in refused.value.message


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import-legacy", str(tmp_path / "none.json")]) == 1
    assert main(["import-legacy", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert "none.json cannot be read: no such file or directory." in said
    assert "cannot be read: is a directory." in said


def test_a_file_of_more_than_200_mb_is_to_be_split(tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.truncate(200_000_001)
    with pytest.raises(InvalidInput, match="larger than 200 MB") as refused:
        read_legacy_export(path)
    assert refused.value.hint == "Split it; each part can be imported."


def test_rows_keep_their_line_and_their_own_text(tmp_path: Path) -> None:
    rows = ['{"b": 1.50, "a": "\\u0000", "b": 2}', "null", '{\n "c": [1,\n 2]}', "17"]
    head = '\ufeff{"executions": [\n'
    rest = '\n ], "company": " Acme ", "format": "zen-legacy-executions/1"\n}\n'
    export = read_legacy_export(written(tmp_path, head + ",\n".join(rows) + rest))
    found = list(export.rows())
    assert [row.source for row in found] == rows
    assert [row.line for row in found] == [2, 3, 4, 7]
    assert [row.value for row in found] == [json.loads(row) for row in rows]
    assert (export.company, len(export)) == ("Acme", 4)


def test_an_export_without_runs_is_one() -> None:
    assert list(LegacyExport(HEAD + " ] }").rows()) == []


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ({"format": "zen-legacy-mapping/9"}, "format: input should be 'zen-legacy-mapping/1'"),
        ({"statuses": {"on_hold": "escalated"}}, "statuses.on_hold: input should be 'active'"),
        ({"time_zone": "Mars/Phobos"}, "time_zone: value error, there is no such time zone"),
        ({"workflows": {"A": {"workflow": "x"}}, "peple": {}}, "workflows.A.workflow_id: field required"),
        ({"peple": {}}, "peple: extra inputs are not permitted"),
        ([], "input should be a valid dictionary"),
    ],
)
def test_a_mapping_that_cannot_be_used_says_every_fault(tmp_path: Path, mapping: object, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_mapping_file(written(tmp_path, json.dumps(mapping)))
    assert said in refused.value.message
