"""Names of the places of a draft, as they stand on screen: "Lead", "Checklist, point 2", "Chat, “Is it risky?”"."""

import re
from collections.abc import Sequence

from lib.slides.library import get_slide_of_address
from lib.text.truncate import truncate
from lib.ui.builder.builder_state import WORKFLOW_ADDRESS, BuilderPageState
from lib.ui.builder.context_fields import CONTEXT_FIELDS, OWN_LABELS
from lib.workflows.draft_edits import get_slide_field, list_branches

_QUOTED = re.compile("“([^“”]+)”")
PART_LABELS = {
    "questions": "Question",
    "form": "The slide's question",
    "shown_when": "Shown when",
    "shows": "Shows",
    "label": "wording",
    "help": "explanation",
    "key": "name in texts",
    "kind": "kind of answer",
    "choices": "choice",
    "response_text": "answer",
    "prompt": "what the model is asked",
}


def get_slide_or_workflow_title(state: BuilderPageState, address: str) -> str:
    return "About this workflow" if address == WORKFLOW_ADDRESS else state.get_slide_title(address)


def describe_context_place(state: BuilderPageState, address: str, path: Sequence[str | int]) -> str:
    """A part of a slide's context: ("checklist", 1) is "Checklist, point 2"."""
    name, *rest = path
    if name == "questions" and rest:
        return ", ".join((_quote_question(state, address, rest[0]), *_describe_parts(rest[1:])))
    if name == "form" and rest:
        return ", ".join((PART_LABELS["form"], *_describe_parts(rest[1:])))
    label = _get_field_label(address, str(name))
    return f"{label}, point {int(rest[0]) + 1}" if name == "checklist" and rest else label


def describe_branch_place(state: BuilderPageState, address: str, branch: str, field: str | None = None) -> str:
    """A chat branch by its question, with the field: "Chat, “Is it risky?”, answer"."""
    found = next((each for each in list_branches(state.draft, address) if each["branch_key"] == branch), None)
    label = str((found or {}).get("label") or "").strip()
    named = f"“{truncate(label, 60)}”" if label else "a question without a name"
    part = PART_LABELS.get(field or "", "")
    return ", ".join(each for each in ("Chat", named, part if field != "label" else "") if each)


def replace_codes_by_names(state: BuilderPageState, address: str | None, message: str) -> str:
    """A sentence in which quoted addresses of slides and keys of branches and questions are their names."""
    names = {each: state.get_slide_title(each) for each in state.draft.slide_sequence}
    for branch in list_branches(state.draft, address or ""):
        names[str(branch["branch_key"])] = str(branch.get("label") or "").strip() or "without a name"
    for slide in state.draft.slide_sequence:
        listed = get_slide_field(state.draft, slide, "questions")
        for question in listed if isinstance(listed, list | tuple) else ():
            if isinstance(question, dict) and question.get("label"):
                names.setdefault(str(question.get("key")), str(question["label"]))
    return _QUOTED.sub(lambda found: f"“{truncate(names.get(found[1], found[1]), 60)}”", message)


def _get_field_label(address: str, name: str) -> str:
    slide = get_slide_of_address(address)
    own = OWN_LABELS.get((slide.id, name)) if slide else None
    field = CONTEXT_FIELDS.get(name)
    return own or (field.label if field else PART_LABELS.get(name, name.replace("_", " ").capitalize()))


def _quote_question(state: BuilderPageState, address: str, place: str | int) -> str:
    listed = get_slide_field(state.draft, address, "questions")
    questions = listed if isinstance(listed, list | tuple) else ()
    number = int(place) if str(place).isdigit() else 0
    question = questions[number] if number < len(questions) else None
    label = question.get("label") if isinstance(question, dict) else None
    return f"Question “{truncate(str(label), 60)}”" if label else f"Question {number + 1}"


def _describe_parts(path: Sequence[str | int]) -> list[str]:
    if not path or str(path[0]) == "label":
        return []
    name, *rest = path
    label = PART_LABELS.get(str(name), str(name).replace("_", " "))
    return [f"{label} {int(rest[0]) + 1}" if rest and str(rest[0]).isdigit() else label]
