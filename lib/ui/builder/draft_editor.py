"""The commands of the builder: each changes the draft on screen; saving it is one request.

Every save compares and sets the draft's revision; its answer replaces the row, so nothing is read again.
"""

from dataclasses import dataclass

from lib.errors import Conflict, NotFound, ZenError
from lib.services import Services
from lib.slides.library import get_slide_of_address
from lib.ui.builder.builder_state import WORKFLOW_ADDRESS, BuilderPageState, EditorTab
from lib.ui.builder.draft_save_state import DraftChangedElsewhere, DraftGone, DraftSaved, DraftSaveFailed
from lib.ui.builder.edit_history import EditHistory
from lib.workflows import draft_edits
from lib.workflows.draft_comments import move_comments_of_renamed_slides
from lib.workflows.model import WorkflowDraft


@dataclass(frozen=True)
class DraftEditor:
    """The commands of the builder."""

    state: BuilderPageState
    services: Services

    def save_draft(self) -> None:
        """Save the draft if it differs from what the database has. One request then, none otherwise."""
        state = self.state
        changes = draft_edits.list_draft_changes(state.saved, state.draft)
        if not changes or not state.may_edit or not self._may_save():
            return
        draft = state.draft
        try:
            state.stored = self.services.workflows.update_workflow(state.stored, changes, check=False)
        except Conflict as conflict:
            if isinstance(conflict.detail, WorkflowDraft):
                self._resolve_conflict(conflict.detail)
            else:
                state.save_state = DraftSaveFailed(conflict, draft)
        except NotFound:
            state.save_state = DraftGone()
        except ZenError as error:
            state.save_state = DraftSaveFailed(error, draft)
        else:
            state.comments = move_comments_of_renamed_slides(
                state.comments, state.saved.slide_sequence, draft.slide_sequence
            )
            state.saved, state.save_state = draft, DraftSaved()

    def _may_save(self) -> bool:
        match self.state.save_state:
            case DraftChangedElsewhere() | DraftGone():
                return False
            case DraftSaveFailed(draft=failed):
                return bool(draft_edits.list_draft_changes(failed, self.state.draft))
            case DraftSaved():
                return True

    def _resolve_conflict(self, stored: WorkflowDraft) -> None:
        # The same content is no conflict: an earlier save of ours arrived, and only its reply was lost.
        if draft_edits.list_draft_changes(stored, self.state.draft):
            self.state.save_state = DraftChangedElsewhere(stored)
        else:
            self.state.stored, self.state.saved, self.state.save_state = stored, self.state.draft, DraftSaved()

    def retry_saving(self) -> None:
        """Saving follows every command."""

    def open_slide_editor(self, address: str) -> None:
        if address == WORKFLOW_ADDRESS or address in self.state.draft.slide_sequence:
            self.state.open_slide_editor(address)

    def show_tab(self, tab: EditorTab) -> None:
        self.state.tab = tab
        self.state.start_new_form()

    def add_slide(self, slide_id: str, place: int | None = None) -> None:
        """Put a slide of the library in, after the chosen one without a place, and open it."""
        state = self.state
        if place is None:
            chosen = state.address in state.draft.slide_sequence
            place = state.place + 1 if chosen else self._find_place_before_summary()
        self._open_added_slide(*draft_edits.add_slide(state.draft, slide_id, place))

    def duplicate_slide(self, address: str) -> None:
        """Put a copy of a slide after it, and open the copy."""
        if address in self.state.draft.slide_sequence:
            self._open_added_slide(*draft_edits.duplicate_slide(self.state.draft, address))

    def _open_added_slide(self, draft: WorkflowDraft, address: str) -> None:
        state = self.state
        if state.may_edit and address and state.show_changed_draft(draft):
            state.open_slide_editor(address)
            state.announce_to_screen_reader(
                f"{state.get_slide_title(address)} added at {self._describe_slide_position(address)}."
            )

    def relabel_slide(self, address: str, label: str) -> None:
        """Give a slide another label. Raises InvalidInput."""
        state = self.state
        if state.may_edit and address in state.draft.slide_sequence:
            draft, renamed = draft_edits.relabel_slide(state.draft, address, label)
            state.show_changed_draft(draft)
            state.open_slide_editor(renamed)

    def remove_slide(self, address: str) -> None:
        """Take a slide out and open the one that follows it."""
        state, before = self.state, self.state.draft.slide_sequence
        title = state.get_slide_title(address)
        if not state.may_edit or not state.show_changed_draft(draft_edits.remove_slide(state.draft, address)):
            return
        state.announce_to_screen_reader(f"{title} removed.")
        if state.address == address:
            left = state.draft.slide_sequence
            state.open_slide_editor(left[min(before.index(address), len(left) - 1)])

    def move_slide(self, address: str, place: int) -> None:
        """Move a slide to a place, counted from 0 without it."""
        state = self.state
        if state.may_edit and state.show_changed_draft(draft_edits.move_slide(state.draft, address, place)):
            state.announce_to_screen_reader(
                f"{state.get_slide_title(address)} moved to {self._describe_slide_position(address)}."
            )

    def reset_field(self, name: str) -> None:
        """Show the library's own text again."""
        state = self.state
        slide = get_slide_of_address(state.address)
        if slide is not None and state.may_edit:
            default = getattr(slide.defaults, name)
            state.show_changed_draft(draft_edits.set_slide_field(state.draft, state.address, name, default))
            state.start_new_form()

    def undo_edit(self) -> None:
        self._restore_draft_content(self.state.history.undo_edit(self.state.draft), "Undone.")

    def redo_edit(self) -> None:
        self._restore_draft_content(self.state.history.redo_edit(self.state.draft), "Done again.")

    def _restore_draft_content(self, content: WorkflowDraft | None, announcement: str) -> None:
        state = self.state
        if content is None or not state.may_edit:
            return
        changed = _find_changed_slide(state.draft, content)
        state.draft = draft_edits.copy_draft_content(content, state.draft)
        state.announce_to_screen_reader(announcement)
        if changed is not None:
            state.address = changed
        elif state.address not in state.draft.slide_sequence:
            state.address = WORKFLOW_ADDRESS
        state.start_new_form()

    def overwrite_other_tab(self) -> None:
        """Save what is on screen over what another tab saved."""
        if isinstance(self.state.save_state, DraftChangedElsewhere):
            self.state.stored = self.state.saved = self.state.save_state.draft
            self.state.save_state = DraftSaved()

    def take_other_tab(self) -> None:
        """Show what another tab saved. What was on screen can be brought back by undo."""
        if isinstance(self.state.save_state, DraftChangedElsewhere):
            state, other = self.state, self.state.save_state.draft
            state.show_changed_draft(draft_edits.copy_draft_content(other, state.draft))
            state.stored, state.saved, state.save_state = other, state.draft, DraftSaved()
            if state.address not in state.draft.slide_sequence:
                state.address = WORKFLOW_ADDRESS
            state.start_new_form()

    def save_as_new_draft(self) -> None:
        """Keep what is on screen as a draft of one's own, and go on with that one."""
        state = self.state
        copy = self.services.drafts.duplicate_draft(state.draft)
        state.stored = state.draft = state.saved = copy
        state.save_state, state.is_own, state.author_name = DraftSaved(), True, self.services.person.full_name
        state.history, state.comments = EditHistory(), ()  # comments stay with the draft they are on
        state.start_new_form()

    def preview_with_customer(self, customer_id: str | None) -> None:
        """Fetch the account of a customer, once. Raises what `fetch_account` raises."""
        state = self.state
        if customer_id is None:
            state.account = None
        elif state.account is None or state.account.customer.id != customer_id:
            state.account = self.services.accounts.fetch_account(customer_id)
            state.preview_answers = {}

    def _find_place_before_summary(self) -> int:
        sequence = self.state.draft.slide_sequence
        return len(sequence) - 1 if sequence[-1:] == ("summary",) else len(sequence)

    def _describe_slide_position(self, address: str) -> str:
        sequence = self.state.draft.slide_sequence
        return f"{sequence.index(address) + 1} of {len(sequence)}"


def _find_changed_slide(before: WorkflowDraft, after: WorkflowDraft) -> str | None:
    """The slide whose texts differ, or that is there again: what undo brought back is shown."""
    for address in after.slide_sequence:
        if address not in before.slide_sequence:
            return address
        if draft_edits.get_raw_context(before, address) != draft_edits.get_raw_context(after, address):
            return address
    own = ("name", "description", "category", "suggested_when", "begun_when")
    return WORKFLOW_ADDRESS if any(getattr(before, each) != getattr(after, each) for each in own) else None
