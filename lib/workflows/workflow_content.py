"""The content of a workflow as plain JSON, whichever row it stands in. Pure."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from lib.workflows.model import WorkflowContent

TEXT_FIELDS = ("name", "description", "category")
RULE_FIELDS = ("suggested_when", "begun_when")
"""When Zen suggests a workflow, and when it begins one by itself."""
CONTENT_FIELDS = (*TEXT_FIELDS, *RULE_FIELDS, "slide_sequence", "slide_contexts", "chat_branches")


class Missing(Enum):
    """The value of a field that is not there; None is a value of JSON."""

    MISSING = "missing"


MISSING = Missing.MISSING


def extract_workflow_content(source: WorkflowContent | Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a version, draft or definition that make its content; a rule it has not is left out."""
    values = source if isinstance(source, Mapping) else vars(source)
    content = {field: values[field] for field in CONTENT_FIELDS if values.get(field) is not None}
    return {
        **content,
        "slide_sequence": list(content.get("slide_sequence", ())),
        "slide_contexts": dict(content.get("slide_contexts", {})),
        "chat_branches": dict(content.get("chat_branches", {})),
    }


def normalize_workflow_content(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content without contexts, questions and branches that are empty: they say the same as none."""
    contexts = {address: _drop_empty_questions(context) for address, context in content["slide_contexts"].items()}
    return {
        **content,
        "slide_contexts": {address: context for address, context in contexts.items() if context != {}},
        "chat_branches": {address: branches for address, branches in content["chat_branches"].items() if branches},
    }


def _drop_empty_questions(context: Any) -> Any:
    if isinstance(context, Mapping) and context.get("questions", MISSING) in ([], ()):
        return {key: value for key, value in context.items() if key != "questions"}
    return context


def list_workflow_addresses(*contents: Mapping[str, Any]) -> list[str]:
    """Every slide address that stands in one of the contents, in the order of the last that has it."""
    found: dict[str, None] = {}
    for content in reversed(contents):
        for part in ("slide_sequence", "slide_contexts", "chat_branches"):
            found |= dict.fromkeys(content[part])
    return list(found)
