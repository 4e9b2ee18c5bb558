"""A button says what is wanted; it is done at the start of the next drawing, when the gate has been passed again."""

from lib.ui.run.sitting import Sitting, What, Wish


def wish(sitting: Sitting, what: What, to: str | None = None) -> None:
    """A callback: remember what was pressed, and on which slide."""
    sitting.wish = Wish(what=what, slide_id=sitting.slide_id, to=to)


def wish_on(sitting: Sitting, slide_id: str, what: What) -> None:
    """A callback of a button that belongs to one slide: pressed twice, it still means that slide."""
    sitting.wish = Wish(what=what, slide_id=slide_id)
