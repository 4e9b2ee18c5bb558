"""What a model proposed, as the content of a draft: what does not exist or may not stand there is left out. Pure.

Each part that is left out is a sentence of the note, so that nothing is dropped in silence. What remains composes.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lib.errors import InvalidInput
from lib.slides.library import get_default_slide_title, get_slide_of_address
from lib.slides.model import SlideId
from lib.slides.slide_address import get_slide_id_of_address
from lib.text.format import format_count, join_names
from lib.text.truncate import cut_after_word, single_line, strip_invisible, truncate
from lib.workflow_proposals.model import ProposalNote, ProposedContent
from lib.workflow_proposals.proposal_schema import (
    BRANCH_TYPES,
    MAX_BRANCH_TEXT_LENGTH,
    ProposedBranch,
    ProposedSlide,
    ProposedWorkflow,
)
from lib.workflows.composer import compose_workflow
from lib.workflows.draft_edits import add_slide, list_branches, move_slide, remove_slide, set_branches, set_slide_field
from lib.workflows.draft_problems import list_draft_problems
from lib.workflows.model import Category, DefinitionError, WorkflowDraft

MAX_PROPOSED_SLIDES = 20
MAX_PROPOSED_BRANCHES = 6
MAX_NAME_LENGTH = 80
MAX_NOT_DONE = 12
MAX_SENTENCE_LENGTH = 300
MAX_PASSES = 10
TEXT_FIELDS = {"title": "title", "lead": "lead", "question": "question", "minutes": "minutes"}
CONTENT_FIELDS = ("name", "description", "category", "slide_sequence", "slide_contexts", "chat_branches")

_CLAUSE_END = re.compile(r"[:;.!?…](?=\s)|\n|\s[-–—]\s")
# A link, an image, a tag or an address that a browser or a mail program would make one of.
_ACTING_MARKUP = re.compile(
    r"\w+://|\bwww\.|\]\s*[(\[]|!\[|<\s*[a-z!/]|\bjavascript\s*:|\bmailto:|\bdata:\w+/", re.IGNORECASE
)


def build_proposed_content(
    proposed: ProposedWorkflow, description: str, actions: Mapping[str, str], *, category: Category
) -> ProposedContent:
    """The content of the draft a model proposed. `actions` are the ids of saved actions by name.

    `category` is taken where the model names none. Raises InvalidInput if not one slide of it exists.
    """
    builder = _ContentBuilder(proposed, description, category, actions)
    for slide in proposed.slides:
        builder.add_slide(slide)
    builder.finish_sequence()
    builder.remove_problems()
    return builder.build()


class _ContentBuilder:
    def __init__(
        self, proposed: ProposedWorkflow, description: str, category: Category, actions: Mapping[str, str]
    ) -> None:
        self._actions = actions
        self._left_out: list[str] = []
        self._not_done = _clean_sentences(proposed.not_done)
        known = proposed.category in tuple(Category)
        self.draft = create_empty_draft(
            name=_clean_line(proposed.name, MAX_NAME_LENGTH) or format_name_of_description(description),
            description=_clean_line(proposed.description, 1000) or single_line(description, max_length=1000),
            category=Category(proposed.category) if known else category,
        )

    def add_slide(self, proposed: ProposedSlide) -> None:
        name = single_line(proposed.slide, max_length=60)
        if proposed.slide not in tuple(SlideId):
            self._left_out.append(f"A slide “{name}” does not exist; it was left out.")
            return
        if len(self.draft.slide_sequence) >= MAX_PROPOSED_SLIDES:
            self._left_out.append(f"“{_title(name)}” was left out: a proposal has up to {MAX_PROPOSED_SLIDES} slides.")
            return
        self.draft, address = add_slide(self.draft, proposed.slide, len(self.draft.slide_sequence))
        if not address:
            self._left_out.append(f"“{_title(name)}” was proposed twice; a workflow has it once.")
            return
        self._add_texts(address, proposed)
        self._add_branches(address, proposed.chat)

    def finish_sequence(self) -> None:
        """A summary at the end, where the outcome is recorded."""
        if not self.draft.slide_sequence:
            raise InvalidInput("The model proposed no slide that Zen has.")
        if SlideId.SUMMARY not in self.draft.slide_sequence:
            self.draft, _ = add_slide(self.draft, SlideId.SUMMARY, len(self.draft.slide_sequence))
        elif self.draft.slide_sequence[-1] != SlideId.SUMMARY:
            self.draft = move_slide(self.draft, SlideId.SUMMARY, len(self.draft.slide_sequence))

    def remove_problems(self) -> None:
        """Take out what composing or publishing would refuse."""
        # A pass takes out all it finds: composing after each part would take half a minute for the worst proposal.
        # Of what kind each is only matters where a branch says for how many days, which no proposal does.
        usable_actions = dict.fromkeys(self._actions.values(), "")
        for _ in range(MAX_PASSES):
            problems = [each for each in list_draft_problems(self.draft, usable_actions) if each.slide]
            if not problems:
                break
            parts = {(each.slide, each.branch or (each.field or "").partition(".")[0]): each for each in problems[::-1]}
            for problem in reversed(parts.values()):
                self._remove_problem(problem)
        compose_workflow(self.draft)

    def build(self) -> ProposedContent:
        return ProposedContent(
            content=read_draft_content(self.draft),
            note=ProposalNote(
                done=describe_draft(self.draft),
                not_done=(*self._not_done, *_list_first(tuple(dict.fromkeys(self._left_out)))),
            ),
        )

    def _add_texts(self, address: str, proposed: ProposedSlide) -> None:
        for name in TEXT_FIELDS:
            value = getattr(proposed, name)
            if isinstance(value, str):
                value = self._accept_text(address, TEXT_FIELDS[name], value)
                value = single_line(value) if value and name in ("title", "question") else value
            if value:
                self.draft = set_slide_field(self.draft, address, name, value)
        items = [self._accept_text(address, "checklist", item) for item in proposed.checklist[:12]]
        kept = [single_line(item, max_length=400) for item in items if item]
        if kept:
            self.draft = set_slide_field(self.draft, address, "checklist", kept)

    def _accept_text(self, address: str, field: str, text: str) -> str | None:
        """The text without what cannot be seen; None for a blank one, and for one with a link or a tag."""
        cleaned = strip_invisible(text).strip()
        if _ACTING_MARKUP.search(cleaned):
            self._left_out.append(f"The {field} of “{_title(address)}” had a link or HTML; it was left out.")
            return None
        return cleaned or None

    def _add_branches(self, address: str, proposed: tuple[ProposedBranch, ...]) -> None:
        branches: list[dict[str, Any]] = []
        for each in proposed[:MAX_PROPOSED_BRANCHES]:
            branch = self._build_branch(address, each, f"proposed-{len(branches) + 1}")
            if branch:
                branches.append(branch)
        if len(proposed) > MAX_PROPOSED_BRANCHES:
            kept = format_count(MAX_PROPOSED_BRANCHES, "question")
            self._left_out.append(f"“{_title(address)}” has the first {kept} of the chat that were proposed.")
        self.draft = set_branches(self.draft, address, branches)

    def _build_branch(self, address: str, proposed: ProposedBranch, key: str) -> dict[str, Any] | None:
        label, kind = _clean_line(proposed.label, 200), proposed.branch_type
        named = f"The question “{truncate(label, 60)}” on “{_title(address)}”"
        if kind not in BRANCH_TYPES:
            self._left_out.append(f"{named} was of a type that does not exist; it was left out.")
            return None
        branch: dict[str, Any] = {"branch_key": key, "branch_type": kind, "label": label}
        if kind == "saved_action":
            action = self._actions.get(single_line(proposed.text).strip())
            if action is None:
                self._left_out.append(f"{named} proposed an action that your company does not have; it was left out.")
                return None
            return branch | {"saved_action_id": action}
        if len(proposed.text) > MAX_BRANCH_TEXT_LENGTH:
            self._left_out.append(f"{named} was too long; it was left out.")
            return None
        text = self._accept_text(address, f"text of “{truncate(label, 60)}”", proposed.text)
        if not text or not label or _ACTING_MARKUP.search(label):
            return None
        return branch | {"response_text" if kind == "fixed" else "prompt": text}

    def _remove_problem(self, problem: DefinitionError) -> None:
        address = problem.slide or ""
        if problem.branch:
            kept = [each for each in list_branches(self.draft, address) if each["branch_key"] != problem.branch]
            self.draft = set_branches(self.draft, address, kept)
            detail = problem.message.partition("cannot be filled in: ")[2] or problem.message
            self._left_out.append(f"A question of the chat on “{_title(address)}” was left out: {detail}")
        elif problem.field and address in self.draft.slide_contexts:
            field = problem.field.partition(".")[0]
            contexts = {key: dict(value) for key, value in self.draft.slide_contexts.items()}
            contexts[address].pop(field, None)
            kept_contexts = {key: value for key, value in contexts.items() if value}
            self.draft = replace(self.draft, slide_contexts=kept_contexts)
            detail = problem.message.partition(": ")[2] or problem.message
            self._left_out.append(f"The {field} of “{_title(address)}” is the library's. The proposed one: {detail}")
        else:
            self.draft = remove_slide(self.draft, address)
            self._left_out.append(f"“{_title(address)}” was left out: {problem.message}")


def create_empty_draft(*, name: str, description: str, category: Category) -> WorkflowDraft:
    """A draft in memory, to put slides into; identity and author are the database's to give."""
    return WorkflowDraft(
        id="", company_id="", author_id="", workflow_id="proposal", name=name, description=description,
        category=category.value, slide_sequence=(), slide_contexts={}, revision=0,
    )  # fmt: skip


def read_draft_content(draft: WorkflowDraft) -> dict[str, Any]:
    content = {name: getattr(draft, name) for name in CONTENT_FIELDS}
    return content | {"slide_sequence": list(draft.slide_sequence)}


def format_name_of_description(description: str) -> str:
    """A name from what was typed, for want of a better one: its first clause, if that says something."""
    clause = _CLAUSE_END.split(description.strip(), maxsplit=1)[0]
    text = clause if len(clause.split()) > 1 else description
    line = cut_after_word(single_line(text).strip(" .!?:;"), MAX_NAME_LENGTH)
    return line[:1].upper() + line[1:]


def describe_draft(draft: WorkflowDraft) -> tuple[str, ...]:
    """What a proposed draft does, in sentences: its slides, own texts and questions of the chat."""
    titles = join_names(_title(address) for address in draft.slide_sequence)
    minutes = compose_workflow(draft).total_minutes
    sentences = [f"{format_count(len(draft.slide_sequence), 'slide')}, about {minutes} minutes: {titles}."]
    written = [_title(address) for address in draft.slide_sequence if draft.slide_contexts.get(address)]
    if written:
        sentences.append(f"Texts of its own on {join_names(written)}; the others have the library's.")
    asked = [_title(address) for address in draft.slide_sequence if draft.chat_branches.get(address)]
    if asked:
        count = sum(len(draft.chat_branches[address]) for address in draft.chat_branches)
        sentences.append(f"{format_count(count, 'question')} of the chat, on {join_names(asked)}.")
    return tuple(sentences)


def _list_first(sentences: tuple[str, ...]) -> tuple[str, ...]:
    rest = len(sentences) - MAX_NOT_DONE
    return sentences if rest <= 0 else (*sentences[:MAX_NOT_DONE], f"{format_count(rest, 'more part')} left out.")


def _title(address: str) -> str:
    slide = get_slide_of_address(address)
    if slide is not None and get_slide_id_of_address(address) == SlideId.CUSTOM:
        return slide.title
    return get_default_slide_title(address)


def _clean_line(text: str, max_length: int) -> str:
    cleaned = single_line(strip_invisible(text)).strip()
    return "" if _ACTING_MARKUP.search(cleaned) else cut_after_word(cleaned, max_length)


def _clean_sentences(sentences: tuple[str, ...]) -> tuple[str, ...]:
    cleaned = (_clean_line(each, MAX_SENTENCE_LENGTH) for each in sentences[:MAX_NOT_DONE])
    return tuple(each for each in cleaned if each)
