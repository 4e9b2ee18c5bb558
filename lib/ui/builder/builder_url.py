"""What the address of the builder names: a draft, and what of it is open."""

from collections.abc import Mapping
from dataclasses import dataclass

DRAFT_PARAM = "draft"
SLIDE_PARAM = "slide"


@dataclass(frozen=True, kw_only=True)
class BuilderUrl:
    """`slide` is the address of a slide; "" stands for the workflow's own fields."""

    draft_id: str
    slide: str = ""


def parse_builder_url(params: Mapping[str, str]) -> BuilderUrl | None:
    """The address in the page's query parameters; None if they name no draft."""
    draft_id = params.get(DRAFT_PARAM)
    return BuilderUrl(draft_id=draft_id, slide=params.get(SLIDE_PARAM) or "") if draft_id else None


def build_builder_query_params(address: BuilderUrl) -> dict[str, str]:
    return {DRAFT_PARAM: address.draft_id} | ({SLIDE_PARAM: address.slide} if address.slide else {})
