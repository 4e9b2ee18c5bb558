"""What stands in the way of saving, in a sentence with what to do. Nothing typed is lost by any of it."""

from collections.abc import Callable, Sequence

import streamlit as st

from lib.errors import InvalidInput, NotPermitted
from lib.text.markdown_escape import escape_markdown
from lib.ui import empty_and_error_states
from lib.ui.builder.builder_state import BuilderPageState
from lib.ui.builder.draft_editor import DraftEditor
from lib.ui.builder.draft_save_state import DraftChangedElsewhere, DraftGone, DraftSaved, DraftSaveFailed
from lib.ui.session_keys import builder_button_key

Choice = tuple[str, Callable[[DraftEditor], None]]


def draw_save_banners(state: BuilderPageState) -> None:
    match state.save_state:
        case DraftSaveFailed(error=error):
            is_final = isinstance(error, InvalidInput | NotPermitted)
            empty_and_error_states.draw_error(
                error,
                retry=None if is_final else lambda: state.queue_command(DraftEditor.retry_saving),
                key="builder_save",
            )
        case DraftChangedElsewhere():
            _draw_save_choice(
                state,
                "You changed this draft in another tab after you opened it here.",
                "Nothing was overwritten, and what you typed is still below. Taking the other tab's draft can be "
                "undone here.",
                (("Keep these", DraftEditor.overwrite_other_tab), ("Take the other tab's", DraftEditor.take_other_tab)),
            )
        case DraftGone():
            _draw_save_choice(
                state,
                "This draft was published or discarded elsewhere.",
                "What you see here is not saved any more. Keep it as a new draft, or go back to all workflows.",
                (("Keep it as a new draft", DraftEditor.save_as_new_draft),),
            )
        case DraftSaved():
            pass
    if state.error is not None:
        empty_and_error_states.draw_error(state.error, key="builder_error")
    if not state.is_own and state.published_version is None:
        name = escape_markdown(state.author_name)
        _draw_save_choice(
            state,
            f"This draft is {name}'s.",
            "You can read it and preview it. To change it, make a copy of your own.",
            (("Make a copy", DraftEditor.save_as_new_draft),),
        )


def _draw_save_choice(state: BuilderPageState, title: str, text: str, choices: Sequence[Choice]) -> None:
    with st.container(border=True, gap="small", key="builder_choice"):
        st.markdown(f"##### :material/info: {title}")
        st.markdown(text)
        with st.container(horizontal=True):
            for label, command in choices:
                st.button(label, key=builder_button_key(label), on_click=state.queue_command, args=(command,))
