"""What the buttons of comments do. Each is one write, and reads the comments again: two requests."""

from lib.errors import InvalidInput, ZenError
from lib.services import Services
from lib.text.format import format_count
from lib.ui.builder.builder_state import BuilderPageState, EditorTab
from lib.ui.builder.draft_editor import DraftEditor


def load_comments(state: BuilderPageState, services: Services) -> None:
    """The comments as they are now; those read last stay where they cannot be read. One request."""
    try:
        state.comments = services.comments.fetch_comments(state.stored.id)
    except ZenError:
        return


def show_comments(editor: DraftEditor) -> None:
    """Show the comments on the chosen slide, as they are now. One request."""
    load_comments(editor.state, editor.services)
    editor.show_tab(EditorTab.COMMENTS)


def add_comment(editor: DraftEditor, address: str, body: str) -> None:
    """Write a comment on a slide. Raises InvalidInput, NotFound, Conflict; the text stays in its field then."""
    state = editor.state
    if not body.strip():
        raise InvalidInput("Write something first.")
    editor.save_draft()  # a slide that was just added, or given a label, is not in the database yet
    notified = editor.services.comments.add_comment(state.stored.id, address, body)
    named = f" {format_count(notified, 'colleague')} notified." if notified else ""
    state.announce_to_screen_reader(f"Comment saved.{named}")
    state.comment_note = named.strip()
    load_comments(state, editor.services)
    state.start_new_form()


def resolve_comment(editor: DraftEditor, comment_id: str, *, is_resolved: bool) -> None:
    """Resolve a comment, or open it again. Raises NotPermitted for one that is gone."""
    try:
        editor.services.comments.resolve_comment(comment_id, is_resolved=is_resolved)
    finally:
        load_comments(editor.state, editor.services)
    editor.state.announce_to_screen_reader("Comment resolved." if is_resolved else "Comment opened again.")


def delete_comment(editor: DraftEditor, comment_id: str) -> None:
    """Delete a comment of one's own. Raises NotFound for one that is gone."""
    try:
        editor.services.comments.delete_comment(comment_id)
    finally:
        load_comments(editor.state, editor.services)
    editor.state.announce_to_screen_reader("Comment deleted.")
