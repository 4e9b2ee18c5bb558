"""The map of session state: every key stands here, prefixed by its page. Signing out clears all of them."""

from lib.auth.gate import COOKIE_KEY, SIGNED_IN_KEY

__all__ = ["COOKIE_KEY", "SIGNED_IN_KEY"]

DATA_VERSION = "data.version"

# Today
TODAY_DASHBOARD = "zen.board"
TODAY_FIGURES = "zen.figures"
TODAY_RENEWALS = "zen.renewals"


def today_item(place: int | str) -> str:
    return f"zen.thing.{place}"


def today_run(execution_id: str) -> str:
    return f"zen.run.{execution_id}"


def today_open(customer_id: str) -> str:
    return f"zen.open.{customer_id}"


# The catalogue. The first three are parameters of its address, so a link or a reload keeps what was looked for.
CATALOGUE_QUERY = "find"
CATALOGUE_CATEGORY = "category"
CATALOGUE_ORIGIN = "from"
CATALOGUE = "catalogue.all"
CATALOGUE_BACK = "catalogue.back"
CATALOGUE_MESSAGE = "catalogue.notice"


def catalogue_preview(definition_id: str) -> str:
    return f"catalogue.look.{definition_id}"


def catalogue_customer(definition_id: str) -> str:
    return f"catalogue.customer.{definition_id}"


def catalogue_start(definition_id: str) -> str:
    return f"catalogue.start.{definition_id}"


def catalogue_clone(definition_id: str) -> str:
    return f"catalogue.clone.{definition_id}"


# The guided run. `seat` counts how often a slide was sat down at, so that a form begins anew with each.
RUN_PAGE_STATE = "run.sitting"
RUN_FORM_VERSION = "run.seat"
RUN_SLIDE_ROW = "run.steps"


def run_form(version: int, slide_id: str) -> str:
    return f"run.field.{version}.{slide_id}"


def run_button(what: str, slide_id: str) -> str:
    """A button: named after its slide, so that a second click on it cannot mean the next slide."""
    return f"run.press.{what}.{slide_id}"


# The chat beside a slide. `CHAT_TALKS` holds the conversations this tab has open, by slide of the run on screen.
CHAT_PANELS = "chat.talks"
CHAT_HIDDEN = "chat.hidden"


def chat_input(slide_id: str) -> str:
    return f"chat.input.{slide_id}"


def chat_button(what: str, of: str) -> str:
    """A button of the panel: named after what it is about, so that a second click cannot mean something else."""
    return f"chat.press.{what}.{of}"


# The explorer. What is looked for stands in its address; these are the widgets that change it, and what was found.
CONVERSATIONS_RESULTS = "explorer.found"
CONVERSATIONS_USAGE = "explorer.usage"
CONVERSATIONS_DAYS = "explorer.days"
CONVERSATIONS_TAB = "explorer.view"
CONVERSATIONS_QUERY = "explorer.words"
CONVERSATIONS_THREAD = "explorer.open"
CONVERSATIONS_DECIDED = "explorer.decided"
CONVERSATIONS_EXPANDED = "explorer.unfolded"
CONVERSATIONS_SELECTED = "explorer.chosen"


def conversations_filter(name: str) -> str:
    return f"explorer.facet.{name}"


def conversations_button(what: str, of: str = "") -> str:
    return f"explorer.press.{what}.{of}"


# Acting: what is about to be done in this tab, from any page. A dialog's fields are named after its click, so that
# another opening begins anew.
ACTION_STATE = "act.desk"
AVAILABLE_ACTIONS = "act.offered"


def action_form(click: str) -> str:
    return f"act.field.{click}"


def action_field(click: str, name: str) -> str:
    return f"{action_form(click)}.{name}"


def action_button(what: str, of: str) -> str:
    """A button: named after what it is about, so that a second click cannot mean something else."""
    return f"act.press.{what}.{of}"


def action_menu(of: str) -> str:
    return f"act.menu.{of}"


# The inbox. What is shown stands in its address: these are the widgets that change it.
INBOX = "inbox.mine"
TEAM_INBOX = "inbox.of_team"
INBOX_SECTION = "inbox.section"
INBOX_CUSTOMER = "inbox.customer"
INBOX_TEAM = "inbox.team"


def inbox_checkbox(seat: int, execution_id: str) -> str:
    """`seat` counts what was done: after that nothing is ticked."""
    return f"inbox.tick.{seat}.{execution_id}"


# Keeping a company's actions.
ACTION_DRAFT = "admin.draft"
ALL_ACTIONS = "admin.all"


def action_editor_field(seat: str, name: str) -> str:
    """A field of the editor: `seat` names one opening of it, so that each begins anew."""
    return f"admin.field.{seat}.{name}"


def action_editor_button(what: str, of: str) -> str:
    return f"admin.press.{what}.{of}"
