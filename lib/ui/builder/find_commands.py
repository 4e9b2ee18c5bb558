"""What the buttons of find and replace do. Each replacement is one step of undo."""

from dataclasses import dataclass

from lib.text.format import format_count
from lib.ui.builder.builder_state import EditorTab
from lib.ui.builder.draft_editor import DraftEditor
from lib.ui.builder.form_change_form import OPEN_PREFIX
from lib.workflows.draft_texts import DraftText
from lib.workflows.find_and_replace import find_words, replace_words


@dataclass(frozen=True, kw_only=True)
class FindRequest:
    """What is looked for, and what is put in its place."""

    words: str
    new: str = ""
    is_case_sensitive: bool = False


def show_find_panel(editor: DraftEditor) -> None:
    editor.state.is_finding, editor.state.replacement = True, None


def hide_find_panel(editor: DraftEditor) -> None:
    editor.state.is_finding, editor.state.replacement = False, None


def replace_found(editor: DraftEditor, request: FindRequest, only: DraftText | None = None) -> None:
    """Replace the words in one text or in all, as they are now. A text that changed meanwhile stays."""
    state = editor.state
    if not state.may_edit:
        return
    found = find_words(state.draft, request.words, is_case_sensitive=request.is_case_sensitive)
    if only is not None:
        found = tuple(each for each in found if each.place == only)
    outcome = replace_words(state.draft, found, request.new)
    state.show_changed_draft(outcome.draft)
    state.replacement = outcome
    state.announce_to_screen_reader(f"{format_count(outcome.count, 'place')} replaced.")
    state.start_new_form()


def go_to_text(editor: DraftEditor, place: DraftText) -> None:
    """Open the editor where a text is, at its field."""
    state = editor.state
    state.publication = None
    editor.open_slide_editor(place.address)
    of_form = OPEN_PREFIX + str(place.path[3]) if place.field == "form" else None
    state.branch_key, state.question_key = place.branch, place.question or of_form
    if place.branch is not None:
        state.tab, focus = EditorTab.CHAT, "branch_label"
    elif place.field in ("questions", "form"):
        state.tab, focus = EditorTab.QUESTIONS, "own_question"
    else:
        state.tab, focus = EditorTab.TEXTS, place.field
    state.start_new_form()
    state.focus_on(focus)
