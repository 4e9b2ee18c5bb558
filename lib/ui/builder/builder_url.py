"""What the address of the builder names: a draft, and what of it is open."""

from collections.abc import Mapping
from dataclasses import dataclass

DRAFT_PARAM = "draft"
SLIDE_PARAM = "slide"
COMMENTS_PARAM = "comments"


@dataclass(frozen=True, kw_only=True)
class BuilderUrl:
    """`slide` is the address of a slide; "" stands for the workflow's own fields. `opens_comments`: on its comments."""

    draft_id: str
    slide: str = ""
    opens_comments: bool = False


def parse_builder_url(params: Mapping[str, str]) -> BuilderUrl | None:
    """The address in the page's query parameters; None if they name no draft."""
    draft_id = params.get(DRAFT_PARAM)
    if not draft_id:
        return None
    slide = params.get(SLIDE_PARAM) or ""
    return BuilderUrl(draft_id=draft_id, slide=slide, opens_comments=params.get(COMMENTS_PARAM) == "open")


def build_builder_query_params(address: BuilderUrl) -> dict[str, str]:
    """What is open is said by draft and slide alone; comments are opened by a link to them, once."""
    slide = {SLIDE_PARAM: address.slide} if address.slide else {}
    comments = {COMMENTS_PARAM: "open"} if address.opens_comments else {}
    return {DRAFT_PARAM: address.draft_id} | slide | comments
