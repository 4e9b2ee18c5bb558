import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.errors import InvalidInput
from lib.workflows.stock_seed import read_stock_workflows
from lib.workflows.workflow_content import extract_workflow_content, normalize_workflow_content
from lib.workflows.workflow_file import build_file_values
from lib.workflows.workflow_file_reader import WorkflowFileFormat, read_workflow_file, write_workflow_file
from lib.workflows.workflow_file_schema import SCHEMA_FILE, build_file_schema_json
from tests.support.workflow_contents import workflow_contents

SNOOZE_ID = "00000000-0000-4000-8000-000000000001"
MINIMAL: dict[str, Any] = {
    "format": "zen-workflow",
    "format_version": 1,
    "workflow_id": "our-renewal",
    "name": "Our renewal",
    "category": "renewal",
    "slides": [{"slide": "greeting"}, {"slide": "summary"}],
}


def read(values: dict[str, Any] | str, actions: dict[str, str] | None = None):
    text = values if isinstance(values, str) else write_workflow_file(values, WorkflowFileFormat.YAML)
    return read_workflow_file(text.encode(), action_ids=actions or {})


def refuse(values: dict[str, Any] | str) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        read(values)
    return caught.value


def problems(values: dict[str, Any] | str) -> list[str]:
    return [str(problem) for problem in refuse(values).detail]


@settings(max_examples=60)
@given(content=workflow_contents(), file_format=st.sampled_from(WorkflowFileFormat))
def test_a_workflow_that_is_exported_and_imported_is_the_same(content, file_format):
    text = write_workflow_file(build_file_values("our-renewal", content, action_names={}), file_format)
    imported = read(text)
    assert imported.workflow_id == "our-renewal"
    assert imported.content == normalize_workflow_content(content)


def test_every_stock_workflow_survives_its_file():
    for workflow in read_stock_workflows():
        content = extract_workflow_content(workflow.to_workflow_version())
        values = build_file_values(workflow.workflow_id, content, action_names={})
        assert read(values).content == normalize_workflow_content(content)


def test_actions_are_named_in_the_file_and_found_by_name_in_the_other_company():
    branch = {"branch_key": "later", "branch_type": "saved_action", "label": "Later", "saved_action_id": SNOOZE_ID}
    content = {**_content(), "chat_branches": {"greeting": [branch]}}
    values = build_file_values("our-renewal", content, action_names={SNOOZE_ID: "Snooze"})
    assert values["slides"][0]["branches"][0]["saved_action"] == "Snooze"
    (found,) = read(values, {"Snooze": "another-id"}).content["chat_branches"]["greeting"]
    assert found["saved_action_id"] == "another-id"
    (problem,) = problems(values)
    assert "Line 13: The branch “later” runs the action “Snooze”, which your company does not have." in problem


@pytest.mark.parametrize("days", [1, 30, 730])
def test_the_days_of_a_snooze_are_kept_in_the_file(days):
    branch = {"branch_key": "later", "branch_type": "saved_action", "label": "Later", "saved_action_id": SNOOZE_ID}
    content = {**_content(), "chat_branches": {"greeting": [branch | {"snooze_days": days}]}}
    values = build_file_values("our-renewal", content, action_names={SNOOZE_ID: "Snooze"})
    assert read(values, {"Snooze": SNOOZE_ID}).content["chat_branches"]["greeting"] == [branch | {"snooze_days": days}]


@pytest.mark.parametrize("days", [0, 731, 1.5, "7", True])
def test_a_file_with_other_days_is_refused_at_their_line(days):
    branch = {"branch_key": "later", "branch_type": "saved_action", "label": "Later", "snooze_days": days}
    found = problems(MINIMAL | {"slides": [{"slide": "greeting", "branches": [branch]}, {"slide": "summary"}]})
    (problem,) = (each for each in found if "snooze_days" in each)
    assert problem.startswith("Line 12: ")


def test_comments_of_slides_are_kept():
    comment = {"author": "Alice Moreau", "text": "Shorter?", "is_resolved": True}
    values = build_file_values("our-renewal", _content(), action_names={}, comments={"summary": [comment]})
    assert read(values).comments == {"summary": [comment]}


def test_everything_wrong_is_named_at_once_with_its_line():
    text = """\
format: zen-workflow
format_version: 1
workflow_id: our-renewal
name: Our renewal
category: renewal
slides:
  - slide: greting
  - slide: review-account
    context:
      lead: "{{ customer.__class__ }}"
  - slide: summary
    branches:
      - branch_key: more
        branch_type: fixed
        label: More
        response_text: All.
        next_branch_key: gone
"""
    found = problems(text)
    assert [line.split(":")[0] for line in found] == ["Line 7", "Line 10", "Line 17"]
    assert "greting" in found[0]
    assert "Did you mean “greeting”?" in found[0]


def test_fields_that_do_not_exist_and_values_of_another_kind_are_named_with_their_lines():
    text = "\n".join(
        (
            "format: zen-workflow", "format_version: 1", "workflow_id: Our Renewal", "name: Ours", "category: rescue",
            "slides:", "  - slide: greeting", "    context:", "      led: Hello", "      minutes: many",
        )
    )  # fmt: skip
    found = problems(text)
    assert [line.split(":")[0] for line in found] == ["Line 3", "Line 5", "Line 9", "Line 10"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"slides": [{"slide": "greeting"}, {"slide": "greeting"}]},
            "stands in it already. Give the second one a label.",
        ),
        ({"slides": [{"slide": "greeting"}] * 200}, "It has 200 slides; a workflow can have up to 60."),
        ({"slides": [{"slides": "greeting"}] * 9_000}, "It has 9000 slides; a workflow can have up to 60."),
        ({"slides": [{"slide": "greeting", "context": {"checklist": ["x" * 200_000]}}]}, "at most 8000 characters"),
        ({"slides": []}, "It has no slides."),
        ({"slides": [{"slide": "greeting", "context": {"lead": "x" * 10_000}}]}, "at most 4000 characters"),
        ({"slides": [{"slide": "greeting", "context": {"lead": "{% if x %}<b{% endif %}"}}]}, "greeting"),
        ({"slides": [{"slide": "greeting", "context": {"lead": "{{ ''.__class__ }}"}}]}, "greeting, lead"),
        ({"name": "  "}, "name"),
        ({"suggested_when": {"rank": -1}}, "suggested_when, rank"),
        ({"company_id": "theirs"}, "company_id"),
        ({"revision": 3}, "revision"),
    ],
)
def test_unsafe_or_impossible_content_is_refused(change, sentence):
    assert sentence in " ".join(problems(MINIMAL | change))


def test_a_loop_of_follow_ups_is_refused():
    branch = {"branch_type": "fixed", "label": "More", "response_text": "All."}
    loop = [branch | {"branch_key": a, "next_branch_key": b} for a, b in (("one", "two"), ("two", "one"))]
    assert "leads back to itself" in problems(MINIMAL | {"slides": [{"slide": "summary", "branches": loop}]})[0]


def test_a_file_of_a_newer_format_says_so_before_anything_else():
    error = refuse(MINIMAL | {"format_version": 2, "something_new": 1})
    assert error.message == "This file was written by a newer Zen: it has format 2, and this Zen reads 1."
    assert error.hint


@pytest.mark.parametrize(
    "text", ["", "[]", "hello", "format: other", "{}", "- a", "format: zen-workflow\nformat_version: yes\nslides: 3"]
)
def test_what_is_no_workflow_is_refused(text):
    assert refuse(text).message


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"\xff\xfe\x00", "not text in UTF-8"),
        (b"a" * 1_000_001, "more than 1 MB"),
        (b'{"format": "zen-workflow", "format": 1}', "stands twice"),
        (b"{" + b",".join(b'"%d":0' % each for each in range(80_000)) + b',"7":0}', "“7” stands twice"),
        (b'{"format": NaN}', "NaN is not a number"),
        (b'{"format": ' + b"9" * 5000 + b"}", "cannot be read as JSON"),
        (b'{"a":' * 100_000, "cannot be read as JSON"),
        (b"{'format': 1}", "Line 1: this cannot be read as JSON"),
    ],
    ids=range(8),
)
def test_bytes_that_are_no_file_are_refused(data, sentence):
    with pytest.raises(InvalidInput) as caught:
        read_workflow_file(data, action_ids={})
    assert sentence in caught.value.message


@pytest.mark.parametrize("escape", ["\\u0000", "\\ud800"])
def test_characters_that_cannot_be_stored_are_refused(escape):
    text = json.dumps(MINIMAL | {"name": "X"}).replace('"X"', f'"A {escape} B"')
    assert any("cannot be stored" in problem for problem in problems(text))


def test_a_fault_of_shape_does_not_hide_one_of_content():
    lead, title = {"lead": "{{ customer.__class__ }}"}, {"title": "x" * 10_000}
    slides = [{"slide": "greeting", "context": lead | title}, {"slide": "no-such"}, {"slide": "summary"}]
    found = " ".join(problems(MINIMAL | {"slides": slides, "category": "rescue", "name": ""}))
    for part in ("category", "name", "title", "greeting", "__class__", "no-such"):
        assert part in found
    assert len(problems(MINIMAL | {"slides": slides, "category": "rescue", "name": ""})) == 5


def test_problems_of_a_json_file_have_their_lines_too():
    text = write_workflow_file(MINIMAL | {"category": "rescue"}, WorkflowFileFormat.JSON)
    assert problems(text)[0].startswith("Line 6: category")


def test_the_published_schema_is_that_of_the_model():
    assert SCHEMA_FILE.read_text(encoding="utf-8") == build_file_schema_json()
    assert SCHEMA_FILE.relative_to(Path(__file__).parents[2]).as_posix() == "docs/workflow-file.schema.json"


def _content() -> dict[str, Any]:
    return {
        "name": "Our renewal", "description": "", "category": "renewal", "slide_sequence": ["greeting", "summary"],
        "slide_contexts": {}, "chat_branches": {},
    }  # fmt: skip
