"""Changes to the chat branches of the chosen slide, for the buttons of their editor."""

from collections.abc import Callable
from secrets import token_hex
from typing import Any

from lib.ui.builder.builder_state import EditorTab
from lib.ui.builder.draft_editor import DraftEditor
from lib.workflows.draft_edits import list_branches, set_branches

Branch = dict[str, Any]
MAX_BRANCHES = 20


def add_branch(editor: DraftEditor) -> None:
    """Add a fixed answer at the end, and open it."""
    key = f"question-{token_hex(3)}"

    def add(branches: list[Branch]) -> list[Branch]:
        if len(branches) >= MAX_BRANCHES:
            return branches
        return [*branches, {"branch_key": key, "branch_type": "fixed", "label": ""}]

    _change_branches(editor, add)
    open_branch(editor, key)
    editor.state.focus_on("branch_label")


def open_branch(editor: DraftEditor, key: str | None) -> None:
    """Show the fields of a branch; None shows those of none."""
    editor.state.tab, editor.state.branch_key = EditorTab.CHAT, key
    editor.state.start_new_form()


def remove_branch(editor: DraftEditor, key: str) -> None:
    """Remove a branch; those that led to it lead nowhere."""

    def remove(branches: list[Branch]) -> list[Branch]:
        return [_remove_follow_up(branch, key) for branch in branches if branch["branch_key"] != key]

    _change_branches(editor, remove)
    if editor.state.branch_key == key:
        open_branch(editor, None)


def move_branch(editor: DraftEditor, key: str, by: int) -> None:
    """Offer a branch earlier (-1) or later (1)."""

    def move(branches: list[Branch]) -> list[Branch]:
        place = next((n for n, branch in enumerate(branches) if branch["branch_key"] == key), None)
        if place is None or not 0 <= place + by < len(branches):
            return branches
        branches.insert(place + by, branches.pop(place))
        return branches

    _change_branches(editor, move)


def _change_branches(editor: DraftEditor, change: Callable[[list[Branch]], list[Branch]]) -> None:
    state = editor.state
    if state.may_edit and state.address in state.draft.slide_sequence:
        branches = change(list_branches(state.draft, state.address))
        state.show_changed_draft(set_branches(state.draft, state.address, branches))


def _remove_follow_up(branch: Branch, key: str) -> Branch:
    return {name: value for name, value in branch.items() if name != "next_branch_key" or value != key}
