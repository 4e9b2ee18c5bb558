"""The address of a customer's page, and the links to it."""

from collections.abc import Mapping

from lib.server.page_urls import PagePath
from lib.text.html import Html

_LINK = Html('<a class="zen-link" href="{}" target="_self">{}</a>')


def customer_link(customer_id: str) -> str:
    """The address of a customer's page: "/customer?id=4f1c…"."""
    return f"/{PagePath.CUSTOMER}?id={customer_id}"


def build_customer_link_html(customer_id: str | None, name: str) -> Html:
    """A customer's name as a link to its page; the name alone where it has no id."""
    return _LINK.format(customer_link(customer_id), name) if customer_id else Html.escape(name)


def build_customer_query_params(customer_id: str) -> dict[str, str]:
    """Query parameters of a customer's page, for `st.page_link` and `st.switch_page`."""
    return {"id": customer_id}


def parse_customer_id(params: Mapping[str, str]) -> str | None:
    """The customer named in the page's query parameters."""
    return params.get("id") or None
