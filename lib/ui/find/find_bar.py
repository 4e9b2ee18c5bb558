"""Find on every page: its field in the sidebar, and the command bar that `static/find.js` draws.

The element asks by a trigger, which runs this fragment alone: the page below does not run, and what is typed there
stays. One request for each question; none before the first.
"""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from lib.auth.gate import get_client_of_person, require_person, rerun_if_token_is_refused
from lib.errors import SignedOut, ZenError
from lib.find.model import FIRST_ROWS, MOST_ROWS, Findings, clean_find_query
from lib.services import build_services
from lib.ui.browser_elements import ignore_trigger, register_element
from lib.ui.empty_and_error_states import error_boundary
from lib.ui.find.find_results import build_error_answer, build_find_answer
from lib.ui.find.keyboard_shortcuts import SHORTCUTS
from lib.ui.script_values import PageValue, send_value_to_scripts
from lib.ui.session_keys import FIND, FIND_QUESTION

HTML = """
<button class="zen-find-field" type="button" aria-haspopup="dialog" aria-keyshortcuts="Control+K Meta+K">
  <span>Find</span><kbd>Ctrl K</kbd>
</button>
"""


@st.fragment
@error_boundary("find")
def draw_find_bar(pages: Mapping[str, str]) -> None:
    """The field, and the answer to what is asked. `pages` are the titles of the menu by address."""
    with st.container(key="find_bar"):
        # Not in a callback: after a change of page Streamlit does not always know the element's state by its key.
        element = register_element("find", html=HTML, script="find_element.js")
        asked = element(key=FIND, on_asked_change=ignore_trigger).asked
        if isinstance(asked, Mapping):
            st.session_state[FIND_QUESTION] = (
                str(asked.get("query", "")),
                asked.get("number"),
                asked.get("all") is True,
            )
        question = st.session_state.get(FIND_QUESTION)
        if question is not None:
            send_value_to_scripts(PageValue.FIND_ANSWER, _answer_find_query(question, pages))
            del st.session_state[FIND_QUESTION]
        shortcuts = [dict(each.to_json()) for each in SHORTCUTS]
        send_value_to_scripts(PageValue.SHORTCUTS, shortcuts, scripts=("find.js", "keyboard.js"))


def _answer_find_query(question: tuple[str, Any, bool], pages: Mapping[str, str]) -> dict[str, Any]:
    text, number, is_all = question
    query, is_cut = clean_find_query(text)
    person = require_person()
    try:
        findings = Findings(rows=())
        if query or not text.strip():
            most = MOST_ROWS if is_all and query else FIRST_ROWS
            findings = build_services(get_client_of_person(), person).find.find_rows(query, most)
        answer = build_find_answer(query or text.strip()[:20], is_cut, findings, pages, person.time_zone, is_all=is_all)
    except SignedOut as error:
        rerun_if_token_is_refused()
        answer = build_error_answer(error)
    except ZenError as error:
        answer = build_error_answer(error)
    return {"number": number, **answer}
