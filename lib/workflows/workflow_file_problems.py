"""What is wrong in a workflow file, each in a sentence with its line. Pure."""

import copy
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from lib.errors import InvalidInput
from lib.text.format import format_count
from lib.text.truncate import strip_unstorable, truncate
from lib.workflows.composer import compose_workflow
from lib.workflows.draft_comments import MAX_COMMENTS
from lib.workflows.model import DefinitionError, WorkflowDraft
from lib.workflows.workflow_file import FileActionBranch, WorkflowFile
from lib.workflows.yaml_reader import ValuePath, YamlDocument

STAND_IN: Mapping[str, Any] = {"workflow_id": "file", "name": "File", "category": "renewal"}
"""For what every workflow needs and a file does not say, while the rest of it is looked at."""


@dataclass(frozen=True, kw_only=True)
class FileProblem:
    """`line` counts from 1, and is None where it is not known."""

    message: str
    line: int | None = None

    def __str__(self) -> str:
        return f"Line {self.line}: {self.message}" if self.line else self.message


def find_model_problems(error: ValidationError, document: YamlDocument) -> Iterator[FileProblem]:
    """What does not fit the model of a file, and what cannot be stored."""
    yield from find_text_problems(document)
    for found in error.errors(include_url=False, include_input=False):
        path = _find_existing_path(document.value, found["loc"])
        words = [str(part + 1) if isinstance(part, int) else part for part in found["loc"]]
        message = f"{truncate(', '.join(words), 100)}: {str(found['msg']).rstrip('.').lower()}."
        yield FileProblem(message=message, line=document.lines.get(path))


def find_content_problems(
    file: WorkflowFile, content: Mapping[str, Any], document: YamlDocument, action_names: Collection[str]
) -> Iterator[FileProblem]:
    """What keeps the workflow of a file from being composed, and its texts from being stored."""
    yield from find_text_problems(document)
    yield from _find_repeated_slides(file, document)
    yield from _find_unknown_actions(file, document, action_names)
    yield from _find_too_many_comments(file, document)
    try:
        compose_workflow(_build_draft_of_content(file.workflow_id, content))
    except InvalidInput as error:
        for found in error.detail if isinstance(error.detail, tuple) else ():
            yield FileProblem(message=found.message, line=_find_line_of_error(found, file, document))


def drop_refused_values(error: ValidationError, document: YamlDocument) -> dict[str, Any]:
    """The values of a file without those that `error` refuses, so that the rest can be looked at. Places stay."""
    rest: dict[str, Any] = copy.deepcopy(document.value)
    for found in error.errors(include_url=False, include_input=False):
        *parents, last = _find_existing_path(rest, found["loc"]) or (None,)
        holder: Any = rest
        for part in parents:
            holder = holder[part]
        if isinstance(holder, dict):
            holder.pop(last, None)
    return {**STAND_IN, **rest}


def find_text_problems(document: YamlDocument) -> Iterator[FileProblem]:
    """The texts that cannot be stored."""
    for path, text in _list_nested_texts((), document.value):
        if strip_unstorable(text) != text:
            message = "This text has a character that cannot be stored."
            yield FileProblem(message=message, line=document.lines.get(path))


def _find_repeated_slides(file: WorkflowFile, document: YamlDocument) -> Iterator[FileProblem]:
    addresses = [slide.slide for slide in file.slides]
    for place, address in enumerate(addresses):
        if address in addresses[:place]:
            message = f"The slide “{truncate(address, 60)}” stands in it already. Give the second one a label."
            yield FileProblem(message=message, line=document.lines.get(("slides", place, "slide")))


def _find_unknown_actions(
    file: WorkflowFile, document: YamlDocument, action_names: Collection[str]
) -> Iterator[FileProblem]:
    for place, slide in enumerate(file.slides):
        for number, branch in enumerate(slide.branches):
            action = branch.saved_action if isinstance(branch, FileActionBranch) else None
            if action is not None and action not in action_names:
                message = (
                    f"The branch “{truncate(branch.branch_key, 60)}” runs the action “{truncate(action, 60)}”, which "
                    "your company does not have. Add it under Actions, or take the branch out."
                )
                path = ("slides", place, "branches", number, "saved_action")
                yield FileProblem(message=message, line=document.lines.get(path))


def _find_too_many_comments(file: WorkflowFile, document: YamlDocument) -> Iterator[FileProblem]:
    count = sum(len(slide.comments) for slide in file.slides)
    if count > MAX_COMMENTS:
        message = f"It has {format_count(count, 'comment')}; a draft can have up to {format_count(MAX_COMMENTS)}."
        yield FileProblem(message=message, line=document.lines.get(("slides",)))


def _build_draft_of_content(workflow_id: str, content: Mapping[str, Any]) -> WorkflowDraft:
    fields = {key: value for key, value in content.items() if key in WorkflowDraft.__dataclass_fields__}
    fields["slide_sequence"] = tuple(content["slide_sequence"])
    return WorkflowDraft(id="", company_id="", author_id="", workflow_id=workflow_id, revision=1, **fields)


def _find_existing_path(value: Any, location: tuple[Any, ...]) -> ValuePath:
    """The part of a location that stands in the file: pydantic also names kinds, and keys that are missing."""
    path: ValuePath = ()
    for part in location:
        is_key = isinstance(value, Mapping) and part in value
        if is_key or (isinstance(value, list) and isinstance(part, int) and part < len(value)):
            value, path = value[part], (*path, part)
    return path


def _list_nested_texts(path: ValuePath, value: Any) -> Iterator[tuple[ValuePath, str]]:
    match value:
        case str():
            yield path, value
        case Mapping():
            for key, each in value.items():
                yield from ((((*path, key)), key), *_list_nested_texts((*path, key), each))
        case list():
            for place, each in enumerate(value):
                yield from _list_nested_texts((*path, place), each)


def _find_line_of_error(error: DefinitionError, file: WorkflowFile, document: YamlDocument) -> int | None:
    """The line of the field, else of the branch, else of the slide."""
    place = next((place for place, slide in enumerate(file.slides) if slide.slide == error.slide), None)
    if place is None:
        return None
    field = tuple(int(part) if part.isdigit() else part for part in (error.field or "").split(".") if part)
    if error.branch is not None:
        branches = [branch.branch_key for branch in file.slides[place].branches]
        field = ("branches", branches.index(error.branch) if error.branch in branches else 0, *field)
    else:
        field = ("context", *field) if field else ("slide",)
    path: ValuePath = ("slides", place, *field)
    while path not in document.lines and len(path) > 2:
        path = path[:-1]
    return document.lines.get(path)
