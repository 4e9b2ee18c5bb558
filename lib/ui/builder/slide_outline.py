"""The slide library and the sequence of slides: one element of the browser, however many slides there are.

It chooses, adds, moves and removes by mouse, touch and keyboard, shows a move at once and reports it by a trigger. The
answer is a value of the page: the sequence as it is then.
"""

from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import Any

from lib.slides.library import get_slide_of_address
from lib.text.format import format_count
from lib.ui.browser_elements import ignore_trigger, register_element
from lib.ui.builder.builder_state import WORKFLOW_ADDRESS, BuilderPageState
from lib.ui.builder.condition_sentence import describe_shown_when
from lib.ui.builder.draft_editor import DraftEditor
from lib.ui.builder.slide_library import list_library_entries
from lib.ui.script_values import PageValue, send_value_to_scripts
from lib.ui.session_keys import BUILDER_OUTLINE
from lib.workflows import draft_edits
from lib.workflows.draft_comments import count_open_comments

HTML = """
<div class="zen-outline">
  <div class="zen-outline-columns">
    <details class="zen-outline-library" open>
      <summary>Slide library</summary>
      <input type="search" placeholder="Search slides" aria-label="Search the slide library" autocomplete="off">
      <div class="zen-outline-entries"></div>
      <p class="zen-outline-none" hidden>No slide has these words.</p>
    </details>
    <section class="zen-outline-slides" aria-label="Slides of the workflow">
      <button type="button" class="zen-outline-workflow"></button>
      <ol></ol>
    </section>
  </div>
  <p class="zen-outline-live" role="status"></p>
</div>
"""


def draw_outline_element(state: BuilderPageState) -> None:
    """Draw the element and queue what it asks for; what it shows is sent by `draw_outline_data`, which comes last."""
    # Not in a callback: after a change of page Streamlit does not always know the element's state by its key.
    element = register_element("outline", html=HTML, script="outline_element.js")
    asked = element(key=BUILDER_OUTLINE, on_command_change=ignore_trigger).command
    if isinstance(asked, Mapping):
        queue_outline_command(state, asked)


def draw_outline_data(state: BuilderPageState) -> None:
    """Send the element what it shows, in every run: a command that was refused is not to stay on its screen."""
    state.outline_number += 1
    send_value_to_scripts(PageValue.OUTLINE, build_outline_data(state), number=state.outline_number)


def build_outline_data(state: BuilderPageState) -> dict[str, Any]:
    """What the element shows, as JSON."""
    draft = state.draft
    comments = count_open_comments(state.comments)
    problems = Counter(problem.slide or WORKFLOW_ADDRESS for problem in state.problems)
    return {
        "draft": state.stored.id,
        "mayEdit": state.may_edit,
        "isSaved": not state.has_unsaved_changes,
        "focus": list(state.focus),
        "chosen": state.address,
        "workflow": {"title": "About this workflow", "problems": problems[WORKFLOW_ADDRESS]},
        "slides": [
            {
                "address": address,
                "title": state.get_slide_title(address),
                "note": _describe_minutes(draft_edits.get_slide_field(draft, address, "minutes")),
                "problems": problems[address],
                "condition": describe_shown_when(state, address),
                "comments": comments[address],
            }
            for address in draft.slide_sequence
        ],
        "library": list_library_entries(draft) if state.may_edit else [],
        "announcement": list(state.announcement),
    }


def queue_outline_command(state: BuilderPageState, asked: Mapping[str, Any]) -> None:
    """Queue what the element asks for; anything it could not have asked for is ignored."""
    address, place = asked.get("address"), asked.get("place")
    if not isinstance(address, str):
        address = WORKFLOW_ADDRESS
    number = place if isinstance(place, int) and not isinstance(place, bool) else None
    match asked.get("name"):
        case "choose":
            state.queue_command(partial(DraftEditor.open_slide_editor, address=address))
        case "add" if get_slide_of_address(address) is not None:
            state.queue_command(partial(DraftEditor.add_slide, slide_id=address, place=number))
        case "move" if number is not None:
            state.queue_command(partial(DraftEditor.move_slide, address=address, place=number))
        case "remove":
            state.queue_command(partial(DraftEditor.remove_slide, address=address))
        case "undo":
            state.queue_command(DraftEditor.undo_edit)
        case "redo":
            state.queue_command(DraftEditor.redo_edit)
        case _:
            pass


def _describe_minutes(minutes: Any) -> str:
    return format_count(minutes, "minute") if isinstance(minutes, int) and minutes > 0 else ""
