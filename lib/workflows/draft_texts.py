"""Every text of a draft with its place: what can be searched and reworded. No id, key, code or number is one. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lib.slides.library import get_slide_of_address
from lib.workflows.draft_edits import get_slide_field
from lib.workflows.model import WorkflowDraft

PathPart = str | int
MAX_DESCRIPTION = 2000
MAX_TEMPLATE = 8000
CONTEXT_LIMITS: Mapping[str, int] = {"title": 120, "lead": 4000, "question": 400, "subject": 300, "body": MAX_TEMPLATE}
"""Templates of a slide's context with the most characters of each, as `SlideContext` has it."""


@dataclass(frozen=True, kw_only=True)
class DraftText:
    """One text. `address` is its slide, "" for the workflow; `path` leads to it within the draft.

    `limit` is the most characters it may have. A template has placeholders; a required text is not blank. `question`
    and `branch` are the keys of the own question or the chat branch it belongs to.
    """

    address: str
    path: tuple[PathPart, ...]
    text: str
    limit: int
    is_template: bool = False
    is_required: bool = False
    question: str | None = None
    branch: str | None = None

    @property
    def is_trimmed(self) -> bool:
        """True for a text that is read without blanks around it, on one line: of questions and choices."""
        return bool(self.address) and not self.is_template and self.branch is None

    @property
    def field(self) -> str:
        """The part of the draft or of the context it is in, or the field of the branch."""
        return str(self.path[0] if not self.address else self.path[-1] if self.branch else self.path[2])


def list_draft_texts(draft: WorkflowDraft) -> tuple[DraftText, ...]:
    """All texts in the order of the slides, also those a slide has from the library."""
    return (
        *_list_workflow_texts(draft),
        *(text for slide in draft.slide_sequence for text in _list_texts(draft, slide)),
    )


def _list_workflow_texts(draft: WorkflowDraft) -> Iterator[DraftText]:
    yield DraftText(address="", path=("name",), text=draft.name, limit=200, is_required=True)
    yield DraftText(address="", path=("description",), text=draft.description, limit=MAX_DESCRIPTION)


def _list_texts(draft: WorkflowDraft, address: str) -> Iterator[DraftText]:
    if get_slide_of_address(address) is not None:
        yield from _list_context_texts(draft, address)
        yield from _list_question_texts(draft, address)
        yield from _list_form_texts(draft, address)
    yield from _list_branch_texts(draft, address)


def _list_context_texts(draft: WorkflowDraft, address: str) -> Iterator[DraftText]:
    for name, limit in CONTEXT_LIMITS.items():
        value = get_slide_field(draft, address, name)
        if isinstance(value, str):
            yield _make_context_text(address, (name,), value, limit=limit, is_template=True)
    listed = get_slide_field(draft, address, "checklist")
    for place, item in enumerate(listed if isinstance(listed, list | tuple) else ()):
        if isinstance(item, str):
            yield _make_context_text(
                address, ("checklist", place), item, limit=MAX_TEMPLATE, is_template=True, is_required=True
            )


def _list_question_texts(draft: WorkflowDraft, address: str) -> Iterator[DraftText]:
    listed = get_slide_field(draft, address, "questions")
    for place, question in enumerate(listed if isinstance(listed, list | tuple) else ()):
        if not isinstance(question, Mapping):
            continue
        key, path = str(question.get("key") or ""), ("questions", place)
        for name, limit in (("label", 200), ("help", 400)):
            if isinstance(text := question.get(name), str):
                yield _make_context_text(
                    address, (*path, name), text, limit=limit, is_required=name == "label", question=key
                )
        choices = question.get("choices")
        for number, choice in enumerate(choices if isinstance(choices, list | tuple) else ()):
            if isinstance(choice, str):
                yield _make_context_text(
                    address, (*path, "choices", number), choice, limit=100, is_required=True, question=key
                )


def _list_form_texts(draft: WorkflowDraft, address: str) -> Iterator[DraftText]:
    form = get_slide_field(draft, address, "form")
    for key, change in form.items() if isinstance(form, Mapping) else ():
        for name, limit in (("label", 200), ("help", 400)):
            if isinstance(change, Mapping) and isinstance(text := change.get(name), str):
                yield _make_context_text(address, ("form", key, name), text, limit=limit, is_required=True)


def _list_branch_texts(draft: WorkflowDraft, address: str) -> Iterator[DraftText]:
    listed = draft.chat_branches.get(address)
    for place, branch in enumerate(listed if isinstance(listed, list | tuple) else ()):
        for name, limit in (("label", 200), ("response_text", MAX_TEMPLATE), ("prompt", MAX_TEMPLATE)):
            if isinstance(branch, Mapping) and isinstance(text := branch.get(name), str):
                yield DraftText(
                    address=address,
                    path=("chat_branches", address, place, name),
                    text=text,
                    limit=limit,
                    is_template=name != "label",
                    is_required=True,
                    branch=str(branch.get("branch_key") or ""),
                )


def _make_context_text(address: str, path: tuple[PathPart, ...], text: str, **given: Any) -> DraftText:
    return DraftText(address=address, path=("slide_contexts", address, *path), text=text, **given)
