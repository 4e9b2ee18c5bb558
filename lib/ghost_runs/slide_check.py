"""Slides composed for one account: what is missing on each. Pure."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil

from lib.chat.account_facts import list_account_facts
from lib.chat.prompt import INSTRUCTIONS, MAX_DATA_LENGTH
from lib.content.model import Callout, Chart, Facts, Text
from lib.customers.model import Account
from lib.ghost_runs.model import GhostCell, GhostRow
from lib.ghost_runs.unfilled_placeholders import find_unfilled_placeholders
from lib.slides import slide_builder
from lib.slides.model import Section, SlideInput
from lib.slides.slide_builder import BROKEN_SECTION
from lib.slides.slide_texts import build_template_values
from lib.slides.template_values import TemplateValues
from lib.workflows.chat_branch_content import ChatBranchContent, FixedBranchContent, PromptBranchContent
from lib.workflows.model import ComposedSlide, ComposedWorkflow
from lib.workflows.slide_conditions import find_left_out_slides

CHARACTERS_PER_TOKEN = 4
"""A rule of thumb for English; what a model counts differs by model and language."""


@dataclass(frozen=True, kw_only=True)
class GhostWorkflow:
    """A composed workflow with its chat branches by slide."""

    workflow: ComposedWorkflow
    branches: Mapping[str, tuple[ChatBranchContent, ...]]


def check_slides_for_account(ghost: GhostWorkflow, account: Account, person_name: str) -> GhostRow:
    """Each slide of the workflow composed for one customer, as when a run has just begun."""
    facts_length = len(json.dumps(list_account_facts(account), ensure_ascii=False))
    left_out = find_left_out_slides(ghost.workflow, account, {})
    return GhostRow(
        customer_id=account.customer.id,
        customer_name=account.customer.name,
        cells=tuple(
            GhostCell(left_out=left_out[slide.id])
            if slide.id in left_out
            else _check_slide(
                ghost, slide, build_slide_input_of_new_run(ghost.workflow, slide, account, person_name), facts_length
            )
            for slide in ghost.workflow.slides
        ),
    )


def build_slide_input_of_new_run(
    workflow: ComposedWorkflow, slide: ComposedSlide, account: Account, person_name: str
) -> SlideInput:
    """What the slide reads when a run has just begun."""
    return SlideInput(
        account=account,
        context=slide.context,
        category=workflow.category,
        person_name=person_name,
        address=slide.id,
        addresses=workflow.slide_ids,
        questions=workflow.own_questions,
    )


def _check_slide(ghost: GhostWorkflow, slide: ComposedSlide, slide_input: SlideInput, facts_length: int) -> GhostCell:
    values = build_template_values(slide_input)
    sections = slide_builder.build_slide_sections(slide.slide, slide_input)
    texts = (slide.context.title, slide.context.question, slide.context.subject, slide.context.body)
    sources = (*texts, slide.context.lead, *(slide.context.checklist or ()))
    unfilled = dict.fromkeys(name for text in sources if text for name in find_unfilled_placeholders(text, values))
    branches = ghost.branches.get(slide.id, ())
    return GhostCell(
        missing_data=tuple(dict.fromkeys(_list_missing_data(sections))),
        unfilled=tuple(unfilled),
        dead_branches=tuple(branch.label for branch in branches if _is_branch_unfillable(branch, values)),
        broken=any(isinstance(section, Callout) and section.text == BROKEN_SECTION for section in sections),
        tokens=estimate_question_tokens(facts_length + sum(map(_count_section_characters, sections))),
    )


def estimate_question_tokens(data_length: int) -> int:
    """Tokens of a question on a slide before any conversation, by the length of its data."""
    return ceil((len(INSTRUCTIONS) + min(data_length, MAX_DATA_LENGTH)) / CHARACTERS_PER_TOKEN)


def _list_missing_data(sections: tuple[Section, ...]) -> Iterator[str]:
    for section in sections:
        match section:
            case Facts(items=items):
                yield from (fact.label for fact in items if fact.value is None)
            case Chart() if not section.has_data:
                yield section.title
            case _:
                pass


def _is_branch_unfillable(branch: ChatBranchContent, values: TemplateValues) -> bool:
    match branch:
        case FixedBranchContent(response_text=text) | PromptBranchContent(prompt=text):
            return bool(text and find_unfilled_placeholders(text, values))
        case _:
            return False


def _count_section_characters(section: Section) -> int:
    """Characters of what the chat is told of a section; charts and tables are not told."""
    match section:
        case Facts(items=items):
            return sum(len(fact.label) + len(fact.value or "") + len(fact.note or "") + 8 for fact in items)
        case Text(markdown=text) | Callout(text=text):
            return len(text) + 8
        case _:
            return 0
