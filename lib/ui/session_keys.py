"""Every key of session state, prefixed by its page. Signing out clears all of them."""

from datetime import date

from lib.auth.gate import COOKIE_KEY, SIGNED_IN_KEY

__all__ = ["COOKIE_KEY", "SIGNED_IN_KEY"]


def icon_only_key(key: str) -> str:
    """The key of a button that `zen.css` draws as its icon alone: its label is its name for a screen reader."""
    return f"{key}.icon_only"


# The version of the data in this tab (`lib.ui.page_cache`).
DATA_VERSION = "data.version"


def cached_subject_key(name: str) -> str:
    """What a cached value is of, beside the value (`lib.ui.page_cache`)."""
    return f"{name}.subject"


# The version of the data for which the menu was drawn (`lib.ui.menu_refresh`).
MENU_DATA_VERSION = "menu.data_version"

# The hidden field by which a tab tells a new process what it shows (`static/reconnection.js`).
CONNECTION = "page.connection"

# The title of the browser tab, with the page it belongs to (`lib.ui.current_page`).
PAGE_TITLE = "page.title"

# Find: its element, and what was asked and is not answered yet.
FIND = "find.element"
FIND_QUESTION = "find.question"

# Today
TODAY_DATA = "today.dashboard"
TODAY_FIGURES = "today.metrics"
TODAY_RENEWALS = "today.renewals"


def today_item_key(place: int | str) -> str:
    return f"today.item.{place}"


def today_run_key(execution_id: str) -> str:
    return f"today.run.{execution_id}"


CUSTOMER_RECORDS = "run.records"


def customer_records_key(customer_id: str, kind: str) -> str:
    return f"{CUSTOMER_RECORDS}.{customer_id}.{kind}"


def run_events_key(execution_id: str) -> str:
    return f"run.events.{execution_id}"


TODAY_MORE_ITEMS = "today.more"
TODAY_OPEN_RUNS = "today.open_runs"
TODAY_FINISHED_RUNS = "today.finished_runs"


def today_follow_up_key(field: str, entry: int) -> str:
    return f"today.follow_up.{field}.{entry}"


def row_window_key(part: str) -> str:
    """Which rows of a part are shown."""
    return f"{part}.window"


def today_open_key(customer_id: str) -> str:
    return f"today.open.{customer_id}"


# The search in the guide: a query parameter, so a link or a reload keeps it.
HELP_QUERY = "words"

# The catalogue. The first five are query parameters, so a link or a reload keeps the search.
CATALOGUE_QUERY = "find"
CATALOGUE_CATEGORY = "category"
CATALOGUE_ORIGIN = "from"
CATALOGUE_SHOWN = "show"
CATALOGUE_STATE = "status"
CATALOGUE = "catalogue.all"
ACTION_NAMES = "catalogue.action_names"
CATALOGUE_BACK = "catalogue.back"
CATALOGUE_IMPORT = "catalogue.import"
CATALOGUE_IMPORT_NUMBER = "catalogue.import_number"
CATALOGUE_DESCRIBE = "catalogue.describe"
CATALOGUE_DESCRIPTION = "catalogue.description"
CATALOGUE_DESCRIBING = "catalogue.describing"
CATALOGUE_PROPOSAL = "catalogue.proposal"
CATALOGUE_PROPOSAL_TASK = "catalogue.proposal_task"
CATALOGUE_PROPOSAL_ERROR = "catalogue.proposal_error"
EFFECTIVENESS = "catalogue.effectiveness"
EFFECTIVENESS_VERSION = "catalogue.effectiveness.version"
EFFECTIVENESS_FIRST = "catalogue.effectiveness.first"
EFFECTIVENESS_SECOND = "catalogue.effectiveness.second"
EFFECTIVENESS_DOWNLOAD = "catalogue.effectiveness.download"
GHOST_RUN = "ghost_run.state"
GHOST_RUN_CUSTOMER = "ghost_run.customer"
GHOST_RUN_BEGIN = "ghost_run.begin"
GHOST_RUN_CANCEL = "ghost_run.cancel"
GHOST_RUN_RESUME = "ghost_run.resume"
GHOST_RUN_GRID = "ghost_run.grid"
GHOST_RUN_SHOWN_CUSTOMER = "ghost_run.shown_customer"
GHOST_RUN_SHOWN_SLIDE = "ghost_run.shown_slide"
CASES = "cases.all"
CASE_RUN = "cases.run"
CASE_KEEP = "cases.keep"


def case_button_key(case_id: str) -> str:
    return f"cases.remove.{case_id}"


def catalogue_preview_key(definition_id: str) -> str:
    return f"catalogue.look.{definition_id}"


def catalogue_customer_key(definition_id: str) -> str:
    return f"catalogue.customer.{definition_id}"


def catalogue_start_key(definition_id: str) -> str:
    return f"catalogue.start.{definition_id}"


def catalogue_archive_key(definition_id: str) -> str:
    return f"catalogue.archive.{definition_id}"


def catalogue_clone_key(definition_id: str) -> str:
    return f"catalogue.clone.{definition_id}"


def catalogue_edit_key(definition_id: str) -> str:
    return f"catalogue.edit.{definition_id}"


def catalogue_compare_key(card_id: str, part: str) -> str:
    return f"catalogue.compare.{card_id}.{part}"


def catalogue_stock_key(version_id: str) -> str:
    return f"catalogue.stock.{version_id}"


def catalogue_trigger_key(definition_id: str) -> str:
    return f"catalogue.trigger.{definition_id}"


def catalogue_describe_key(button: str) -> str:
    return f"catalogue.describe.{button}"


def catalogue_file_key(card_id: str) -> str:
    return f"catalogue.file.{card_id}"


def workflow_merge_key(merge: str, path: tuple[str, ...], part: str) -> str:
    """A choice or a text of one place of a merge."""
    return f"merge.{merge}.{'/'.join(path)}.{part}"


def catalogue_discard_key(draft_id: str) -> str:
    return f"catalogue.discard.{draft_id}"


# The builder. A field is named after its form, so that the form starts again.
BUILDER_PAGE_STATE = "builder.page_state"
BUILDER_OUTLINE = "builder.outline"
BUILDER_CUSTOMER = "builder.customer"
BUILDER_LAST_CUSTOMER = "builder.last_customer"
BUILDER_TAKE = "builder.take"
BUILDER_TAKE_VERSION = "builder.take_version"
BUILDER_NOTE = "builder.note"
BUILDER_RUNS = "builder.runs"
BUILDER_PROPOSAL = "builder.proposal"
BUILDER_NEW_PROPOSAL = "builder.new_proposal"
BUILDER_FIND_WORDS = "builder.find.words"
BUILDER_FIND_NEW = "builder.find.new"
BUILDER_FIND_CASE = "builder.find.case"


def builder_field_key(form_version: str, name: str) -> str:
    return f"builder.field.{form_version}.{name}"


def builder_button_key(what: str, of: str = "") -> str:
    """A button, named after what it is about: a second click cannot mean something else."""
    return f"builder.press.{what}.{of}"


def builder_preview_key(address: str) -> str:
    return f"builder.preview.{address}"


# The guided run. Each form has a version of its own, so that it starts again. RUN_UNSAVED: runs left unsaved.
RUN_PAGE_STATE = "run.page_state"
RUN_BROWSER_FORM = "run.browser_form"
RUN_UNSAVED = "run.unsaved"
RUN_SLIDE_ROW = "run.steps"
RUN_SLIDE_BLOCKS = "run.slide_blocks"


def run_form_key(version: str, slide_id: str) -> str:
    return f"run.field.{version}.{slide_id}"


def run_button_key(what: str, slide_id: str) -> str:
    """A button, named after its slide: a second click on it cannot mean the next slide."""
    return f"run.press.{what}.{slide_id}"


# The chat beside a slide. CHAT_PANELS holds a panel for each slide of the run on screen.
CHAT_PANELS = "chat.panels"
CHAT_HIDDEN = "chat.hidden"
CHAT_URL_THREAD = "chat.url_thread"


def chat_input_key(slide_id: str) -> str:
    return f"chat.input.{slide_id}"


def chat_button_key(what: str, of: str) -> str:
    """A button of the panel, named after what it is about: a second click cannot mean something else."""
    return f"chat.press.{what}.{of}"


# Conversations. The search is in the query parameters; these are its widgets and its results.
CONVERSATIONS_RESULTS = "conversations.found"
CONVERSATIONS_USAGE = "conversations.usage"
CONVERSATIONS_DAYS = "conversations.days"
CONVERSATIONS_TAB = "conversations.view"
CONVERSATIONS_QUERY = "conversations.words"
CONVERSATIONS_THREAD = "conversations.open"
CONVERSATIONS_DECIDED = "conversations.decided"
CONVERSATIONS_EXPANDED = "conversations.unfolded"
CONVERSATIONS_REVIEW = "conversations.review"


def conversations_filter_key(name: str) -> str:
    return f"conversations.facet.{name}"


def conversations_button_key(what: str, of: str = "") -> str:
    return f"conversations.press.{what}.{of}"


# Actions, from any page. The fields of a dialog are named after its idempotency key, so that each opening starts again.
ACTION_STATE = "action.state"
AVAILABLE_ACTIONS = "action.available"
COMPANY_RULES = "action.company_rules"


def action_form_key(click: str) -> str:
    return f"act.field.{click}"


def action_field_key(click: str, name: str) -> str:
    return f"{action_form_key(click)}.{name}"


def action_button_key(what: str, of: str) -> str:
    """A button, named after what it is about: a second click cannot mean something else."""
    return f"act.press.{what}.{of}"


def action_menu_key(of: str) -> str:
    return f"act.menu.{of}"


# The inbox. What is shown is in the query parameters; these are the widgets that change it.
INBOX = "inbox.mine"
TEAM_INBOX = "inbox.of_team"
INBOX_SECTION = "inbox.section"
INBOX_CUSTOMER = "inbox.customer"
INBOX_TEAM = "inbox.team"


def inbox_checkbox_key(finished_count: int, execution_id: str) -> str:
    """After each action the count is another, so that nothing is ticked."""
    return f"inbox.tick.{finished_count}.{execution_id}"


# The page of a customer
def customer_page_key(customer_id: str, day: date | None = None) -> str:
    return f"customer.page.{customer_id}{f'.{day}' if day else ''}"


def customer_timeline_key(customer_id: str, chosen: str) -> str:
    return f"customer.timeline.{customer_id}.{chosen}"


def customer_field_key(of: str, name: str) -> str:
    return f"customer.field.{of}.{name}"


def customer_button_key(what: str, of: str) -> str:
    return f"customer.press.{what}.{of}"


# The book. What is shown is in the query parameters.
BOOK = "book.rows"
BOOK_COMMAND = "book.command"
BOOK_DESTINATION = "book.destination"
BOOK_SELECTED = "book.selected"
BOOK_KNOWN_ROWS = "book.known_rows"
BOOK_CLEARED_COUNT = "book.cleared_count"
BOOK_VIEWS = "book.views"
BOOK_RENEWALS = "book.renewals"
BOOK_TAB = "book.tab"
BOOK_QUESTION = "book.question"


def book_button_key(what: str, of: str = "") -> str:
    return f"book.press.{what}.{of}"


def book_filter_key(name: str) -> str:
    return f"book.filter.{name}"


# People of the company
PEOPLE = "people.team"
PEOPLE_SEARCH = "people.search"
ADDRESSES_TO_INVITE = "people.addresses_to_invite"


def handover_table_key(dialog_key: str) -> str:
    """Not among the fields of the dialog: the edits of a table cannot be put back by code."""
    return f"people.handover.{dialog_key}"


# The team
TEAM = "team.overview"
TEAM_FILTER = "team.filter"

# The forecast. What is shown is in the query parameters.
FORECAST = "forecast.rows"
FORECAST_MOVES = "forecast.moves"
FORECAST_RECORD = "forecast.record"
FORECAST_RETENTION = "forecast.retention"


def forecast_filter_key(name: str) -> str:
    return f"forecast.filter.{name}"


def forecast_button_key(what: str, of: str = "") -> str:
    return f"forecast.press.{what}.{of}"


# Settings of the company. Fields and buttons are named after the draft, so that what is stored begins it again.
SETTINGS = "settings.loaded"
SETTINGS_COLLEAGUES = "settings.colleagues"
SETTINGS_SECTION = "settings.section"
EVENT_TOKENS = "settings.event_tokens"
UNKNOWN_CUSTOMERS = "settings.unknown_event_customers"
SUGGESTION_RULES = "settings.suggestion_rules"
EVENTS_DRAFT = "settings.events_draft"


def settings_draft_key(section: str) -> str:
    return f"settings.draft.{section}"


def settings_field_key(draft_id: str, name: str) -> str:
    return f"settings.field.{draft_id}.{name}"


def settings_button_key(draft_id: str, name: str) -> str:
    return f"settings.press.{draft_id}.{name}"


# The editor of company actions.
ACTION_DRAFT = "action.draft"
ALL_ACTIONS = "action.all"


def company_action_field_key(draft_id: str, name: str) -> str:
    return f"admin.field.{draft_id}.{name}"


def company_action_button_key(what: str, of: str) -> str:
    return f"admin.press.{what}.{of}"


# The import page. IMPORT_DRAFT is a file that is being mapped, CHECKED_IMPORT_DRAFT the one checked last; a new
# IMPORT_NUMBER empties the uploader.
IMPORTS = "import.list"
IMPORT_DRAFT = "import.draft"
CHECKED_IMPORT_DRAFT = "import.checked_draft"
IMPORT_UPLOAD = "import.upload"
IMPORT_NUMBER = "import.number"
DEMO_BOOK_BUTTON = "import.demo_book"
ADOPTION_GUIDE = "today.adoption_guide"
IMPORT_COLUMN_GUIDE = "import.column_guide"
IMPORT_GUIDE_KIND = "import.guide_kind"


def open_import_key(import_id: str) -> str:
    return f"import.open.{import_id}"


DUPLICATES = "import.duplicates"


def merge_field_key(pair_id: str, name: str) -> str:
    return f"import.merge.{pair_id}.{name}"


def import_field_key(of: str, name: str) -> str:
    return f"import.field.{of}.{name}"


def import_button_key(what: str, of: str) -> str:
    return f"import.press.{what}.{of}"


# Audit
AUDIT = "audit.changes"
AUDIT_GAPS = "audit.gaps"
AUDIT_PEOPLE = "audit.people"
AUDIT_FILTER = "audit.filter"
AUDIT_MOST = "audit.most"
AUDIT_MORE = "audit.more"
AUDIT_DOWNLOAD = "audit.download"


def audit_filter_key(name: str) -> str:
    return f"audit.filter.{name}"


def privacy_key(part: str) -> str:
    return f"privacy.{part}"


SETTINGS_RETENTION = "settings.retention"
SETTINGS_MODEL_USE = "settings.model_use"
