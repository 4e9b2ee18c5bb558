"""Prices below list that wait for the person's approval, on Today."""

import streamlit as st

from lib.customers.today_items import PriceToApprove
from lib.customers.today_overview import TodayOverview
from lib.slides.stored_prices import describe_price_below_list
from lib.text.format import format_count
from lib.text.html import Html
from lib.ui import page_links
from lib.ui.customer.customer_url import build_customer_link_html
from lib.ui.safe_text import draw_row_with_buttons

_ROW = Html('<p><strong>{}</strong></p><p>{}</p><p class="zen-small zen-muted">by {}</p>')


def draw_prices_to_approve(overview: TodayOverview) -> None:
    """Nothing is drawn where no price waits."""
    if not overview.price_approvals:
        return
    st.markdown("## Prices to approve")
    for price in overview.price_approvals:
        _draw_price_to_approve(price)
    count = format_count(overview.price_approval_count, "price")
    page_links.draw_inbox_link(f"Decide on {count}", "approvals", icon=":material/sell:")


def _draw_price_to_approve(price: PriceToApprove) -> None:
    text = describe_price_below_list(
        price.total, price.list_total, price.off_list_percent, lacks_list_price=price.lacks_list_price
    )
    name = build_customer_link_html(price.customer_id, price.customer_name)
    with draw_row_with_buttons(_ROW.format(name, text, price.requested_by_name), key=f"today.price.{price.id}"):
        page_links.draw_run_link(price.execution_id, "Open")
