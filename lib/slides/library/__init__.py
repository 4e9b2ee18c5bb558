"""The slide library: every slide a workflow may use. Adding one costs a SlideId, a file here and an entry below."""

from collections.abc import Mapping
from types import MappingProxyType

from lib.slides.library import (
    assess_departure,
    assess_risk,
    contract_terms,
    custom,
    draft_email,
    executive_brief,
    greeting,
    growth_plan,
    identify_replacement,
    prepare_quote,
    pricing_strategy,
    review_account,
    schedule_call,
    set_goals,
    stakeholder_map,
    summary,
)
from lib.slides.model import Slide, SlideId
from lib.slides.slide_address import format_slide_name, get_slide_id_of_address
from lib.text.format import humanize_code

LIBRARY: Mapping[SlideId, Slide] = MappingProxyType(
    {
        SlideId.GREETING: greeting.SLIDE,
        SlideId.REVIEW_ACCOUNT: review_account.SLIDE,
        SlideId.SUMMARY: summary.SLIDE,
        SlideId.PREPARE_QUOTE: prepare_quote.SLIDE,
        SlideId.DRAFT_EMAIL: draft_email.SLIDE,
        SlideId.SCHEDULE_CALL: schedule_call.SLIDE,
        SlideId.ASSESS_DEPARTURE: assess_departure.SLIDE,
        SlideId.IDENTIFY_REPLACEMENT: identify_replacement.SLIDE,
        SlideId.ASSESS_RISK: assess_risk.SLIDE,
        SlideId.CONTRACT_TERMS: contract_terms.SLIDE,
        SlideId.PRICING_STRATEGY: pricing_strategy.SLIDE,
        SlideId.STAKEHOLDER_MAP: stakeholder_map.SLIDE,
        SlideId.SET_GOALS: set_goals.SLIDE,
        SlideId.GROWTH_PLAN: growth_plan.SLIDE,
        SlideId.EXECUTIVE_BRIEF: executive_brief.SLIDE,
        SlideId.CUSTOM: custom.SLIDE,
    }
)


def get_slide_of_address(address: str) -> Slide | None:
    """The slide an address stands for; None if the library has none."""
    slide_id = get_slide_id_of_address(address)
    return LIBRARY[SlideId(slide_id)] if slide_id in LIBRARY else None


def get_default_slide_title(address: str) -> str:
    """The default title of a slide, with its label; the id in words for an unknown one."""
    slide = get_slide_of_address(address)
    title = slide.title if slide else humanize_code(get_slide_id_of_address(address)).capitalize()
    return format_slide_name(title, address)
