"""Writing a note on a customer, above its timeline."""

from datetime import date

import streamlit as st

from lib.customers.customer_edit_schemas import NOTE_KINDS, NoteFields
from lib.customers.customer_page_data import CustomerPage
from lib.errors import InvalidInput
from lib.forms.schema_errors import parse_schema_values
from lib.services import Services
from lib.text.format import format_count
from lib.ui.actions.action_state import empty_form_after, get_action_state, queue_command
from lib.ui.actions.dialog_state import Command, FlashMessage
from lib.ui.customer.dialog_fields import build_undo_command
from lib.ui.session_keys import customer_field_key


def draw_note_form(page: CustomerPage) -> None:
    """A text, its kind and day, and the button. It begins again after a note was saved."""
    customer_id = page.account.customer.id
    form = f"note.{customer_id}"
    of = f"{customer_id}.{get_action_state().form_entries.get(form, 0)}"
    body, kind, day = (customer_field_key(of, name) for name in ("note", "kind", "day"))
    with st.container(key="customer_note", gap="xsmall"):
        st.text_area(
            "Write a note",
            key=body,
            placeholder="Write a note. Use @name to notify a colleague.",
            label_visibility="collapsed",
            height="content",
        )
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.selectbox(
                "Kind of note",
                list(NOTE_KINDS),
                key=kind,
                format_func=NOTE_KINDS.__getitem__,
                label_visibility="collapsed",
                width=130,
            )
            st.date_input(
                "Day",
                page.account.today,
                date(2000, 1, 1),
                page.account.today,
                key=day,
                format="YYYY-MM-DD",
                label_visibility="collapsed",
                width=165,
            )
            st.button(
                "Save note",
                key=customer_field_key(of, "save"),
                icon=":material/edit_note:",
                on_click=_queue_new_note,
                args=(customer_id, form, body, kind, day),
            )


def _queue_new_note(customer_id: str, form: str, body: str, kind: str, day: str) -> None:
    """A callback. What is typed is read here: a command must not read session state."""
    typed = {"body": st.session_state[body], "kind": st.session_state[kind], "happened_on": st.session_state[day]}
    command = empty_form_after(form, _build_add_note_command(customer_id, typed))
    queue_command(command, click=f"note.{body}.{hash(str(typed))}")


def _build_add_note_command(customer_id: str, typed: dict[str, object]) -> Command:
    def save_note(services: Services) -> FlashMessage:
        if not str(typed["body"]).strip():
            raise InvalidInput("Write something first.")
        fields: NoteFields = parse_schema_values(NoteFields, typed)
        change, notified = services.customers.save_note(customer_id, None, fields)
        named = f" {format_count(notified, 'colleague')} notified." if notified else ""
        text = f"Saved the {NOTE_KINDS[fields.kind].lower()}.{named}"
        return FlashMessage(text=text, undo=build_undo_command(change, text))

    return save_note
