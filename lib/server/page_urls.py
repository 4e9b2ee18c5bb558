from enum import StrEnum


class PagePath(StrEnum):
    """The addresses of the pages, without their slash. The router gives each to its page; all others are unknown."""

    TODAY = ""
    INBOX = "inbox"
    WORKFLOWS = "workflows"
    CONVERSATIONS = "conversations"
    ACTIONS = "actions"
    RUN = "run"
    BUILDER = "builder"
    CUSTOMER = "customer"
    BOOK = "book"
    TEAM = "team"
    FORECAST = "forecast"
    PEOPLE = "people"
    IMPORT = "import"
    SETTINGS = "settings"
    AUDIT = "audit"
    PRIVACY = "privacy"
    HELP = "help"


def is_page_path(path: str) -> bool:
    """True if a page is at this path of a request, with or without a slash at its end."""
    return path.strip("/") in {address.value for address in PagePath}
