"""Writes and reads workflow files as YAML or JSON; everything wrong in a file is named at once, with its line. Pure."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import ValidationError

from lib.errors import InvalidInput
from lib.text.format import format_count
from lib.text.truncate import truncate
from lib.workflows.slide_sequence_errors import MAX_SLIDES
from lib.workflows.workflow_file import FORMAT, FORMAT_VERSION, WorkflowFile, build_content_of_file
from lib.workflows.workflow_file_problems import (
    FileProblem,
    drop_refused_values,
    find_content_problems,
    find_model_problems,
    find_text_problems,
)
from lib.workflows.yaml_reader import YamlDocument, read_plain_yaml
from lib.workflows.yaml_writer import write_plain_yaml

MAX_FILE_BYTES = 1_000_000
MAX_NAMED_PROBLEMS = 100


class WorkflowFileFormat(StrEnum):
    YAML = "yaml"
    JSON = "json"


@dataclass(frozen=True, kw_only=True)
class ReadWorkflow:
    """A workflow out of a file, which composes. Comments are by slide address, as in the file."""

    workflow_id: str
    content: dict[str, Any]
    comments: Mapping[str, list[dict[str, Any]]]


def write_workflow_file(values: Mapping[str, Any], file_format: WorkflowFileFormat) -> str:
    """The text of a file, of `build_file_values`."""
    if file_format is WorkflowFileFormat.YAML:
        return write_plain_yaml(values)
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"


def read_workflow_file(data: bytes, *, action_ids: Mapping[str, str]) -> ReadWorkflow:
    """Read a file and check that its workflow composes. `action_ids`: saved actions of the company, id by name.

    Raises InvalidInput; its `detail` is a tuple of FileProblem with everything wrong in the file.
    """
    document = _parse_yaml_or_json(_decode_file_text(data))
    _require_known_format(document.value)
    _require_few_slides(document)
    try:
        file = WorkflowFile.model_validate(document.value)
    except ValidationError as error:
        shape = list(find_model_problems(error, document))
        raise _build_file_error([*shape, *_find_problems_of_rest(error, document, action_ids)]) from error
    content = build_content_of_file(file, action_ids=action_ids)
    problems = list(find_content_problems(file, content, document, action_ids))
    if problems:
        raise _build_file_error(problems)
    comments = {
        slide.slide: [each.model_dump(mode="json", exclude_unset=True) for each in slide.comments]
        for slide in file.slides
        if slide.comments
    }
    return ReadWorkflow(workflow_id=file.workflow_id, content=content, comments=comments)


def _find_problems_of_rest(
    error: ValidationError, document: YamlDocument, action_ids: Mapping[str, str]
) -> list[FileProblem]:
    """What is wrong beside the values that were refused, as far as the rest is still a workflow."""
    try:
        file = WorkflowFile.model_validate(drop_refused_values(error, document))
    except ValidationError:
        return []
    content = build_content_of_file(file, action_ids=action_ids)
    known = set(find_text_problems(document))
    return [each for each in find_content_problems(file, content, document, action_ids) if each not in known]


def _require_few_slides(document: YamlDocument) -> None:
    """Before anything is read of them: pydantic does not count slides that it refuses."""
    slides = document.value.get("slides")
    if isinstance(slides, list) and len(slides) > MAX_SLIDES:
        message = f"It has {len(slides)} slides; a workflow can have up to {MAX_SLIDES}."
        raise _build_file_error([FileProblem(message=message, line=document.lines.get(("slides",)))])


def _build_file_error(problems: list[FileProblem]) -> InvalidInput:
    named = sorted(problems, key=lambda each: each.line or 0)[:MAX_NAMED_PROBLEMS]
    more = f" And {len(problems) - len(named)} more." if len(problems) > len(named) else ""
    sentences = " ".join(map(str, named))
    return InvalidInput(
        f"The file has {format_count(len(problems), 'problem')}. {sentences}{more}", detail=tuple(named)
    )


def _decode_file_text(data: bytes) -> str:
    if len(data) > MAX_FILE_BYTES:
        raise InvalidInput(f"The file has more than {MAX_FILE_BYTES // 1_000_000} MB. A workflow is smaller.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput("The file is not text in UTF-8.") from error


def _parse_yaml_or_json(text: str) -> YamlDocument:
    """JSON for what begins with a brace; its lines are found as YAML's, of which it is a part."""
    if not text.lstrip().startswith("{"):
        return read_plain_yaml(text)
    try:
        value = json.loads(text, object_pairs_hook=_build_object_without_duplicates, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise InvalidInput(f"Line {error.lineno}: this cannot be read as JSON ({error.msg}).") from error
    except (ValueError, RecursionError) as error:
        raise InvalidInput(
            "The file cannot be read as JSON: it is nested too deep, or a number is too long."
        ) from error
    try:
        return YamlDocument(value=value, lines=read_plain_yaml(text).lines)
    except InvalidInput:
        return YamlDocument(value=value, lines={})


def _build_object_without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise InvalidInput(f"“{truncate(twice, 60)}” stands twice in one object.")
    return found


def _refuse_constant(name: str) -> Any:
    raise InvalidInput(f"{name} is not a number of JSON.")


def _require_known_format(value: Any) -> None:
    if not isinstance(value, Mapping) or value.get("format") != FORMAT:
        raise InvalidInput(f"This is not a workflow of Zen: it does not say “format: {FORMAT}”.")
    version = value.get("format_version")
    if isinstance(version, int) and not isinstance(version, bool) and version > FORMAT_VERSION:
        raise InvalidInput(
            f"This file was written by a newer Zen: it has format {version}, and this Zen reads {FORMAT_VERSION}.",
            hint="Update Zen, or export the workflow from one like this.",
        )
