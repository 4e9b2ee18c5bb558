"""What stands on a page under AppTest."""

from typing import Any

from streamlit.testing.v1 import AppTest


def page_text(page: AppTest) -> str:
    """All Markdown and captions, one after the other."""
    assert not page.exception, page.exception
    return "\n".join(element.value for element in (*page.markdown, *page.caption))


def find_button(page: AppTest, label: str) -> Any:
    """The first button of that label."""
    return next(found for found in page.button if found.label == label)


def button_labels(page: AppTest) -> list[str]:
    return [found.label for found in page.button]


def primary_labels(page: AppTest) -> list[str]:
    return [found.label for found in page.button if found.proto.type == "primary"]
