"""Every shortcut of the keyboard: `static/keyboard.js` obeys this list, the dialog of `?` and the guide show it."""

from collections.abc import Mapping
from dataclasses import dataclass

from lib.server.page_urls import PagePath

FIND, NEXT_ROW, PREVIOUS_ROW, OPEN_ROW, SHOW_SHORTCUTS = "find", "next", "previous", "open", "help"


@dataclass(frozen=True, kw_only=True)
class Shortcut:
    """`keys` are pressed one after the other. `action` is a name that `keyboard.js` knows, or the address of a page."""

    keys: str
    action: str
    text: str

    def to_json(self) -> Mapping[str, str]:
        return {"keys": self.keys, "action": self.action, "text": self.text}


def _build_page_shortcut(key: str, address: PagePath, title: str) -> Shortcut:
    return Shortcut(keys=f"g {key}", action=f"/{address}", text=f"Go to {title}")


SHORTCUTS = (
    Shortcut(keys="Ctrl K", action=FIND, text="Find customers, contacts, runs and more (⌘ K on a Mac)"),
    _build_page_shortcut("t", PagePath.TODAY, "Today"),
    _build_page_shortcut("b", PagePath.BOOK, "Book"),
    _build_page_shortcut("i", PagePath.INBOX, "Inbox"),
    _build_page_shortcut("w", PagePath.WORKFLOWS, "Workflows"),
    _build_page_shortcut("c", PagePath.CONVERSATIONS, "Conversations"),
    Shortcut(keys="j", action=NEXT_ROW, text="Next row on Today, in the inbox and in the book"),
    Shortcut(keys="k", action=PREVIOUS_ROW, text="Previous row"),
    Shortcut(keys="o", action=OPEN_ROW, text="Open the row (Enter does too)"),
    Shortcut(keys="?", action=SHOW_SHORTCUTS, text="Show these shortcuts"),
)
