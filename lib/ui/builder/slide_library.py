"""The slide library as an author sees it: what each slide does, and what it needs to be of use."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from lib.slides.library import LIBRARY
from lib.slides.model import Slide, SlideCategory, SlideId
from lib.slides.slide_address import get_slide_id_of_address
from lib.slides.slide_fields import list_slide_fields
from lib.workflows import draft_edits
from lib.workflows.model import WorkflowDraft
from lib.workflows.slide_sequence_errors import MAX_SLIDES

GROUP_TITLES: Mapping[SlideCategory, str] = {
    SlideCategory.COMMON: "For every workflow",
    SlideCategory.RENEWAL: "Renewal",
    SlideCategory.RISK: "Risk",
    SlideCategory.STRATEGY: "Strategy and growth",
    SlideCategory.ACTION: "Actions",
}
SLIDE_NEEDS: Mapping[SlideId, str] = {
    SlideId.GREETING: "a contract for its dates",
    SlideId.REVIEW_ACCOUNT: "usage, tickets and contacts",
    SlideId.SUMMARY: "nothing; each workflow has it",
    SlideId.PREPARE_QUOTE: "a contract and your price list",
    SlideId.DRAFT_EMAIL: "a contact with an address",
    SlideId.SCHEDULE_CALL: "contacts and their time zone",
    SlideId.ASSESS_DEPARTURE: "a contact marked as departed",
    SlideId.IDENTIFY_REPLACEMENT: "contacts with roles",
    SlideId.ASSESS_RISK: "signals: usage, tickets, surveys",
    SlideId.CONTRACT_TERMS: "a contract",
    SlideId.PRICING_STRATEGY: "a contract and your approval limits",
    SlideId.STAKEHOLDER_MAP: "contacts with roles",
    SlideId.SET_GOALS: "nothing",
    SlideId.GROWTH_PLAN: "usage and your price list",
    SlideId.EXECUTIVE_BRIEF: "answers of earlier slides",
    SlideId.CUSTOM: "a text, questions or facts you choose",
}


def list_library_entries(draft: WorkflowDraft) -> list[dict[str, Any]]:
    """Every slide of the library, by group, as the element takes it."""
    order = list(GROUP_TITLES)
    slides = sorted(LIBRARY.values(), key=lambda slide: order.index(slide.category))
    used = {get_slide_id_of_address(address) for address in draft.slide_sequence}
    is_full = len(draft.slide_sequence) >= MAX_SLIDES
    return [
        {
            "id": slide.id.value,
            "title": slide.title,
            "purpose": slide.purpose,
            "needs": f"Needs {SLIDE_NEEDS[slide.id]}" if slide.id in SLIDE_NEEDS else "",
            "asks": _describe_questions(slide),
            "group": GROUP_TITLES[slide.category],
            "isUsed": slide.id in used,
            "mayAdd": not is_full and bool(draft_edits.find_free_address(draft, slide.id)),
        }
        for slide in slides
    ]


@cache
def _describe_questions(slide: Slide) -> str:
    """ "Asks: How did it end? Why?"; empty for a slide that asks nothing of its own."""
    labels = [field.label for field in list_slide_fields(slide).values()]
    return f"Asks: {' · '.join(labels)}" if labels else ""
