"""A button says what is wanted; it is done at the start of the next drawing, when the gate has been passed again."""

from lib.ui.run.page_state import PendingRunCommand, RunCommand, RunPageState


def queue_command(sitting: RunPageState, what: RunCommand, to: str | None = None) -> None:
    """A callback: remember what was pressed, and on which slide."""
    sitting.command = PendingRunCommand(kind=what, slide_id=sitting.slide_id, to_slide_id=to)


def queue_command_on_slide(sitting: RunPageState, slide_id: str, what: RunCommand) -> None:
    """A callback of a button that belongs to one slide: pressed twice, it still means that slide."""
    sitting.command = PendingRunCommand(kind=what, slide_id=slide_id)
