"""One draft as this browser tab has it open; kept in session state.

As on the page of a run, two threads may work on one state: change it under the lock of `commands`. `draft` is what is
on screen whether or not it could be saved; `stored` is the row the next save compares with.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from lib.customers.model import Account
from lib.effectiveness.slide_use_summary import SlideUseSummary
from lib.errors import ZenError
from lib.slides.library import get_default_slide_title, get_slide_of_address
from lib.slides.own_questions import OwnQuestion
from lib.slides.slide_context import SlideContext
from lib.slides.template_text_preview import format_template_preview
from lib.ui.builder.builder_url import BuilderUrl
from lib.ui.builder.draft_save_state import DraftGone, DraftSaved, DraftSaveState
from lib.ui.builder.edit_history import EditHistory
from lib.ui.builder.publication_state import Publication
from lib.ui.builder.slide_sources import SlideSource
from lib.ui.command_queue import CommandQueue
from lib.ui.session_keys import builder_field_key
from lib.workflows.draft_comments import DraftComment
from lib.workflows.draft_edits import get_raw_context, list_draft_changes
from lib.workflows.draft_problems import list_draft_problems
from lib.workflows.draft_warnings import list_draft_warnings
from lib.workflows.find_and_replace import Replacement
from lib.workflows.model import DefinitionError, StartableCustomer, WorkflowDraft, WorkflowVersion
from lib.workflows.trigger_rule import TriggerPreview
from lib.workflows.version_and_draft_summaries import DraftSummary

if TYPE_CHECKING:
    from lib.ui.builder.draft_editor import DraftEditor


class EditorTab(StrEnum):
    """What of a slide is edited."""

    TEXTS = "texts"
    QUESTIONS = "questions"
    CHAT = "chat"
    COMMENTS = "comments"


WORKFLOW_ADDRESS = ""
"""Stands for the workflow's own fields, where a slide's address stands for a slide."""


@dataclass(kw_only=True)
class BuilderPageState:
    """`saved` is the content that the database has, as it was sent; `stored` is its row.

    `address` is the chosen slide, WORKFLOW_ADDRESS for the workflow's own fields; `url` is what the browser's address
    names, `form_version` names the widgets. `customers` are those to preview with, the person's own first; `colleagues`
    are drafts of the same workflow that others edit just now. `account`
    is the one that is shown, fetched once; `preview_answers` are what is tried there, by address, and go nowhere.
    `announcement` is for those who hear the page, `outline_number` counts the drawings of the outline, `focus` is the
    field to go to, once. `placeholders` are those of the account, `actions` what branches may propose by id,
    `action_kinds` of what kind each is,
    `slide_use` what runs did with the slides. `publication` is there while the draft is published, and afterwards.
    `slide_sources` are workflows and drafts to take slides from. `trigger_preview` is a trigger and the dry run of it;
    `comments` are those on the draft when they were read last, `comment_note` is what became of the last one, said
    once. `has_model`: a language model is set up. `is_finding` opens find and replace, `replacement` is what it did.
    """

    stored: WorkflowDraft
    draft: WorkflowDraft
    saved: WorkflowDraft
    author_name: str
    is_own: bool
    address: str
    url: BuilderUrl
    customers: Sequence[StartableCustomer] = ()
    colleagues: Sequence[DraftSummary] = ()
    form_version: str = field(default_factory=lambda: token_hex(4))
    history: EditHistory = field(default_factory=EditHistory)
    save_state: DraftSaveState = field(default_factory=DraftSaved)
    error: ZenError | None = None
    account: Account | None = None
    preview_answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    announcement: tuple[str, int] = ("", 0)
    outline_number: int = 0
    focus: tuple[str, int] = ("", 0)
    placeholders: tuple[Account | None, list[tuple[str, str, str]]] | None = None
    tab: EditorTab = EditorTab.TEXTS
    branch_key: str | None = None
    question_key: str | None = None
    actions: Mapping[str, str] | None = None
    action_kinds: Mapping[str, str] | None = None
    slide_use: Mapping[str, SlideUseSummary] = field(default_factory=dict)
    publication: Publication | None = None
    slide_sources: Sequence[SlideSource] = ()
    comments: tuple[DraftComment, ...] = ()
    comment_note: str = ""
    has_model: bool = True
    is_finding: bool = False
    replacement: Replacement | None = None
    trigger_preview: tuple[Mapping[str, Any], TriggerPreview] | None = None
    commands: CommandQueue["DraftEditor", None] = field(default_factory=CommandQueue, repr=False)
    _problems: tuple[WorkflowDraft, tuple[DefinitionError, ...]] | None = None
    _contexts: dict[str, tuple[Mapping[str, Any], SlideContext | None]] = field(default_factory=dict, repr=False)

    @property
    def may_edit(self) -> bool:
        return self.is_own and self.published_version is None

    @property
    def published_version(self) -> WorkflowVersion | None:
        """The version that the draft has become."""
        return self.publication.version if self.publication else None

    @property
    def has_unsaved_changes(self) -> bool:
        return isinstance(self.save_state, DraftGone) or bool(list_draft_changes(self.saved, self.draft))

    @property
    def problems(self) -> tuple[DefinitionError, ...]:
        """What keeps the draft on screen from being published; found once for each state of it."""
        if self._problems is None or self._problems[0] is not self.draft:
            self._problems = (self.draft, list_draft_problems(self.draft, self.action_kinds))
        return self._problems[1]

    @property
    def warnings(self) -> tuple[DefinitionError, ...]:
        """What its author should know before the draft is published."""
        return list_draft_warnings(self.draft, has_model=self.has_model)

    @property
    def place(self) -> int:
        """Where the chosen slide stands, from 0."""
        return self.draft.slide_sequence.index(self.address)

    def field_key(self, name: str) -> str:
        """The widget of a field of the chosen slide, or of the workflow."""
        return builder_field_key(self.form_version, f"{self.address}.{name}")

    def show_changed_draft(self, draft: WorkflowDraft, *, group: str = "") -> bool:
        """Show a changed draft. Changes of one `group` in a row are undone together. False if nothing changed."""
        if not list_draft_changes(self.draft, draft):
            return False
        self.history.record_state(self.draft, group)
        self.draft = draft
        return True

    def open_slide_editor(self, address: str) -> None:
        """Open the editor of a slide, or of the workflow's own fields."""
        if address != self.address:
            self.address, self.branch_key, self.question_key = address, None, None
            self.start_new_form()

    def focus_on(self, field: str) -> None:
        """Have the browser go to a field of the editor, once."""
        self.focus = (field, self.focus[1] + 1)

    def start_new_form(self) -> None:
        """New widgets, filled from the draft."""
        self.form_version = token_hex(4)

    def announce_to_screen_reader(self, text: str) -> None:
        self.announcement = (text, self.announcement[1] + 1)

    def queue_command(self, command: Callable[["DraftEditor"], None]) -> None:
        """For callbacks."""
        self.commands.queue_command(command)

    def get_slide_title(self, address: str) -> str:
        """The title of a slide with its placeholders by their meaning, the library's title without one."""
        slide = get_slide_of_address(address)
        written = get_raw_context(self.draft, address).get("title")
        if isinstance(written, str) and written.strip():
            return format_template_preview(written)
        return get_default_slide_title(address) if slide else address

    @property
    def own_questions(self) -> dict[str, tuple[OwnQuestion, ...]]:
        """The company's own questions, by address of the slide that asks them."""
        found = {address: self.get_context(address) for address in self.draft.slide_sequence}
        return {address: each.questions for address, each in found.items() if each and each.questions}

    def get_context(self, address: str) -> SlideContext | None:
        """The context that holds for a slide; None for one that cannot be read."""
        raw = get_raw_context(self.draft, address)
        read = self._contexts.get(address)
        # Comparing is cheap: an edit of one slide leaves the contexts of all others the same objects.
        if read is None or read[0] != raw:
            read = self._contexts[address] = (raw, _read_context(address, raw))
        return read[1]


def _read_context(address: str, raw: Mapping[str, Any]) -> SlideContext | None:
    slide = get_slide_of_address(address)
    if slide is None:
        return None
    try:
        return slide.defaults.merge(SlideContext.model_validate(raw))
    except ValidationError:
        return None
