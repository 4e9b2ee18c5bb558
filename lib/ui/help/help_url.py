"""The address of a page of the guide."""

from collections.abc import Mapping

from lib.server.page_urls import PagePath

PAGE_PARAM = "page"
GUIDE_OF_TODAY = "today"


def build_help_link(guide_page: str) -> str:
    """The address of a guide page by its name: "/help?page=book"."""
    return f"/{PagePath.HELP}?{PAGE_PARAM}={guide_page}"


def build_help_link_of_page(address: str) -> str:
    """The address of the guide page about the page of Zen at `address`; of all guide pages, on the guide itself."""
    return f"/{PagePath.HELP}" if address == PagePath.HELP else build_help_link(address or GUIDE_OF_TODAY)


def parse_guide_name(params: Mapping[str, str]) -> str | None:
    """The guide page named in the page's query parameters."""
    return params.get(PAGE_PARAM) or None
