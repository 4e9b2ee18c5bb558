"""A workflow as a file: its model, and how content becomes one and is read from one. Pure.

`docs/workflow-file.schema.json` is made of this model (`python -m lib.workflows schema`). A change that older releases
cannot read is the next FORMAT_VERSION.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from lib.slides.slide_context import SlideContext
from lib.workflows.chat_branch_content import FixedBranchContent, PromptBranchContent, SnoozeDays
from lib.workflows.draft_comments import MAX_COMMENT_LENGTH, MAX_COMMENTS
from lib.workflows.model import Category, SuggestionRule
from lib.workflows.slide_sequence_errors import MAX_SLIDES
from lib.workflows.trigger_rule import TriggerRule
from lib.workflows.workflow_content import normalize_workflow_content

FORMAT = "zen-workflow"
FORMAT_VERSION = 1


class _FilePart(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FileActionBranch(_FilePart):
    """A branch that proposes a saved action, by the name it has in the company."""

    branch_type: Literal["saved_action"]
    branch_key: str = Field(min_length=1, max_length=100)
    label: str = Field(default="", max_length=200)
    saved_action: str | None = Field(default=None, max_length=200)
    snooze_days: SnoozeDays | None = None
    next_branch_key: str | None = Field(default=None, max_length=100)


FileBranch = Annotated[FixedBranchContent | PromptBranchContent | FileActionBranch, Field(discriminator="branch_type")]


class FileComment(_FilePart):
    """What somebody wrote about a slide."""

    author: str = Field(min_length=1, max_length=200, pattern=r"\S")
    text: str = Field(min_length=1, max_length=MAX_COMMENT_LENGTH, pattern=r"\S")
    written_at: datetime | None = None
    is_resolved: bool = False


class FileSlide(_FilePart):
    """A slide by its address, with what the workflow sets for it."""

    slide: str = Field(min_length=1, max_length=100)
    context: SlideContext = SlideContext()
    branches: tuple[FileBranch, ...] = Field(default=(), max_length=100)
    comments: tuple[FileComment, ...] = Field(default=(), max_length=MAX_COMMENTS)


class WorkflowFile(_FilePart):
    """A workflow of Zen to keep, to review, and to bring to another company."""

    format: Literal["zen-workflow"]
    format_version: Literal[1]
    workflow_id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)
    name: str = Field(min_length=1, max_length=200, pattern=r"\S")
    description: str = Field(default="", max_length=20_000)
    category: Category
    suggested_when: SuggestionRule | None = None
    begun_when: TriggerRule | None = None
    # That there is one is checked when the workflow is composed: pydantic counts a slide it refused as missing, too.
    slides: tuple[FileSlide, ...] = Field(max_length=MAX_SLIDES, json_schema_extra={"minItems": 1})


def build_file_values(
    workflow_id: str,
    content: Mapping[str, Any],
    *,
    action_names: Mapping[str, str],
    comments: Mapping[str, list[dict[str, Any]]] | None = None,
) -> dict[str, Any]:
    """The values of a file. `action_names` by id; an unknown action keeps its id. Comments are by slide address.

    What the content has for slides that are not shown is left out: nothing could use it.
    """
    source = normalize_workflow_content(content)
    slides = []
    for address in source["slide_sequence"]:
        slide = {
            "context": source["slide_contexts"].get(address),
            "branches": [
                _replace_action_id_by_name(each, action_names) for each in source["chat_branches"].get(address, ())
            ],
            "comments": (comments or {}).get(address),
        }
        slides.append({"slide": address} | {key: value for key, value in slide.items() if value})
    head = {"format": FORMAT, "format_version": FORMAT_VERSION, "workflow_id": workflow_id}
    fields = ("name", "description", "category", "suggested_when", "begun_when")
    return head | {field: source[field] for field in fields if field in source} | {"slides": slides}


def build_content_of_file(file: WorkflowFile, *, action_ids: Mapping[str, str]) -> dict[str, Any]:
    """The content of a file: `build_file_values` read the other way. `action_ids` by name; others stay as they are."""
    values = file.model_dump(mode="json", exclude_unset=True)
    slides = {slide["slide"]: slide for slide in values.pop("slides")}
    fields = {key: value for key, value in values.items() if key not in ("format", "format_version", "workflow_id")}
    return normalize_workflow_content(
        {
            "description": "",
            **fields,
            "slide_sequence": list(slides),
            "slide_contexts": {address: slide.get("context", {}) for address, slide in slides.items()},
            "chat_branches": {
                address: [_replace_action_name_by_id(each, action_ids) for each in slide.get("branches", ())]
                for address, slide in slides.items()
            },
        }
    )


def _replace_action_id_by_name(branch: Mapping[str, Any], action_names: Mapping[str, str]) -> dict[str, Any]:
    rest = {key: value for key, value in branch.items() if key != "saved_action_id"}
    action = branch.get("saved_action_id")
    return rest if action is None else rest | {"saved_action": action_names.get(action, action)}


def _replace_action_name_by_id(branch: Mapping[str, Any], action_ids: Mapping[str, str]) -> dict[str, Any]:
    rest = {key: value for key, value in branch.items() if key != "saved_action"}
    action = branch.get("saved_action")
    return rest if action is None else rest | {"saved_action_id": action_ids.get(action, action)}
