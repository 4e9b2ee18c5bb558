"""The map of session state: every key stands here, prefixed by its page. Signing out clears all of them."""

from lib.auth.gate import COOKIE_KEY, SIGNED_IN_KEY

__all__ = ["COOKIE_KEY", "SIGNED_IN_KEY"]

# Today
ZEN_BOARD = "zen.board"
ZEN_FIGURES = "zen.figures"
ZEN_RENEWALS = "zen.renewals"


def zen_thing(place: int | str) -> str:
    return f"zen.thing.{place}"


def zen_run(execution_id: str) -> str:
    return f"zen.run.{execution_id}"


def zen_open(customer_id: str) -> str:
    return f"zen.open.{customer_id}"


# The catalogue. The first three are parameters of its address, so a link or a reload keeps what was looked for.
CATALOGUE_FIND = "find"
CATALOGUE_CATEGORY = "category"
CATALOGUE_ORIGIN = "from"
CATALOGUE = "catalogue.all"
CATALOGUE_BACK = "catalogue.back"
CATALOGUE_NOTICE = "catalogue.notice"


def catalogue_look(definition_id: str) -> str:
    return f"catalogue.look.{definition_id}"


def catalogue_customer(definition_id: str) -> str:
    return f"catalogue.customer.{definition_id}"


def catalogue_start(definition_id: str) -> str:
    return f"catalogue.start.{definition_id}"


def catalogue_clone(definition_id: str) -> str:
    return f"catalogue.clone.{definition_id}"


# The guided run. `seat` counts how often a slide was sat down at, so that a form begins anew with each.
RUN_SITTING = "run.sitting"
RUN_SEAT = "run.seat"
RUN_STEPS = "run.steps"


def run_field(seat: int, slide_id: str, field: str) -> str:
    return f"run.field.{seat}.{slide_id}.{field}"


def run_rows(seat: int, slide_id: str, field: str) -> str:
    """The rows a row editor began with; its own key holds only the changes."""
    return f"run.rows.{seat}.{slide_id}.{field}"


def run_press(what: str, slide_id: str) -> str:
    """A button: named after its slide, so that a second click on it cannot mean the next slide."""
    return f"run.press.{what}.{slide_id}"


# The chat beside a slide. `CHAT_TALKS` holds the conversations this tab has open, by slide of the run on screen.
CHAT_TALKS = "chat.talks"
CHAT_HIDDEN = "chat.hidden"


def chat_input(slide_id: str) -> str:
    return f"chat.input.{slide_id}"


def chat_press(what: str, of: str) -> str:
    """A button of the panel: named after what it is about, so that a second click cannot mean something else."""
    return f"chat.press.{what}.{of}"


# The explorer. What is looked for stands in its address; these are the widgets that change it, and what was found.
EXPLORER_FOUND = "explorer.found"
EXPLORER_USAGE = "explorer.usage"
EXPLORER_DAYS = "explorer.days"
EXPLORER_VIEW = "explorer.view"
EXPLORER_WORDS = "explorer.words"
EXPLORER_OPEN = "explorer.open"
EXPLORER_DECIDED = "explorer.decided"
EXPLORER_UNFOLDED = "explorer.unfolded"
EXPLORER_CHOSEN = "explorer.chosen"


def explorer_facet(name: str) -> str:
    return f"explorer.facet.{name}"


def explorer_press(what: str, of: str = "") -> str:
    return f"explorer.press.{what}.{of}"


# Acting: what is about to be done in this tab, from any page. A dialog's fields are named after its click, so that
# another opening begins anew.
ACT_DESK = "act.desk"
ACT_OFFERED = "act.offered"


def act_field(click: str, name: str) -> str:
    return f"act.field.{click}.{name}"


def act_press(what: str, of: str) -> str:
    """A button: named after what it is about, so that a second click cannot mean something else."""
    return f"act.press.{what}.{of}"


def act_menu(of: str) -> str:
    return f"act.menu.{of}"


# The inbox. What is shown stands in its address: these are the widgets that change it.
INBOX = "inbox.mine"
INBOX_OF_TEAM = "inbox.of_team"
INBOX_SECTION = "inbox.section"
INBOX_CUSTOMER = "inbox.customer"
INBOX_TEAM = "inbox.team"


def inbox_tick(seat: int, execution_id: str) -> str:
    """`seat` counts what was done: after that nothing is ticked."""
    return f"inbox.tick.{seat}.{execution_id}"


# Keeping a company's actions.
ADMIN_DRAFT = "admin.draft"
ADMIN_ALL = "admin.all"


def admin_field(seat: str, name: str) -> str:
    """A field of the editor: `seat` names one opening of it, so that each begins anew."""
    return f"admin.field.{seat}.{name}"


def admin_press(what: str, of: str) -> str:
    return f"admin.press.{what}.{of}"
