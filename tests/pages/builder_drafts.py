"""A draft opened in the builder, and what is seen and stored of it."""

from typing import Any

from tests.database.factories import fetch_value
from tests.pages.assertions import button_labels, find_button

PAGE = "workflows/builder.py"


def open_draft(open_page: Any, member: Any, draft: str, **query: str) -> Any:
    """The builder with a draft as `member` sees it."""
    page = open_page(member, PAGE)
    for name, value in {"draft": draft, **query}.items():
        page.query_params[name] = value
    return page.run()


def open_tab(page: Any, tab: str) -> Any:
    return page.segmented_control[0].set_value(tab).run()


def press_button(page: Any, beginning: str) -> Any:
    """Press the first button whose label begins like this."""
    return find_button(page, next(each for each in button_labels(page) if each.startswith(beginning))).click().run()


def find_labelled(widgets: Any, label: str) -> Any:
    return next(widget for widget in widgets if widget.label == label)


def fetch_contexts(sql: Any, draft: str) -> Any:
    return fetch_value(sql, "select slide_contexts from public.workflow_drafts where id = %s", draft)
