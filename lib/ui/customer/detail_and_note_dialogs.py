"""Dialogs of the customer's own details, and of a note of one's own."""

from lib.customers.customer_edit_schemas import NOTE_KINDS, CustomerFields, NoteFields
from lib.customers.customer_page_data import NoteRow
from lib.customers.model import SEGMENT_LABELS
from lib.forms.model import FieldKind
from lib.forms.schema_errors import parse_schema_values
from lib.services import Services
from lib.ui.actions.dialog_state import Dialog, DialogAnswers, DialogState, FlashMessage
from lib.ui.customer.dialog_fields import (
    DialogQuestion,
    build_saved_message,
    draw_dialog_questions,
    load_customer_page,
    read_json_values,
)

CUSTOMER_QUESTIONS: tuple[DialogQuestion, ...] = (
    ("name", FieldKind.TEXT),
    ("domain", FieldKind.TEXT),
    ("industry", FieldKind.TEXT),
    ("country", FieldKind.TEXT),
    ("segment", FieldKind.CHOICE, SEGMENT_LABELS),
    ("customer_since", FieldKind.DATE),
    ("summary", FieldKind.LONG_TEXT),
    ("competitor", FieldKind.TEXT),
)
NOTE_QUESTIONS: tuple[DialogQuestion, ...] = (
    ("body", FieldKind.LONG_TEXT),
    ("kind", FieldKind.CHOICE, NOTE_KINDS),
    ("happened_on", FieldKind.DATE),
)


def draw_customer_details_form(dialog: DialogState, services: Services) -> DialogAnswers:
    values = read_json_values(load_customer_page(dialog, services).account.customer, CUSTOMER_QUESTIONS)
    return draw_dialog_questions(dialog, CustomerFields, CUSTOMER_QUESTIONS, values)


def submit_customer_details(dialog: DialogState, services: Services, answers: DialogAnswers) -> FlashMessage:
    """Raises Conflict if somebody changed the customer since the page was loaded."""
    customer = load_customer_page(dialog, services).account.customer
    fields: CustomerFields = parse_schema_values(CustomerFields, answers)
    change = services.customers.save_customer(customer.id, fields, revision=customer.revision)
    return build_saved_message("Saved the details.", change)


def load_edited_note(dialog: DialogState, services: Services) -> NoteRow:
    """The whole note. Raises NotFound for one that is gone. One request for each dialog."""
    return dialog.load_once("note", lambda: services.customers.fetch_note(dialog.target.row_id or ""))


def draw_note_edit_form(dialog: DialogState, services: Services) -> DialogAnswers:
    return draw_dialog_questions(
        dialog, NoteFields, NOTE_QUESTIONS, read_json_values(load_edited_note(dialog, services), NOTE_QUESTIONS)
    )


def submit_note_edit(dialog: DialogState, services: Services, answers: DialogAnswers) -> FlashMessage:
    """Raises Conflict if the note was changed in another tab, NotPermitted for a colleague's."""
    note, customer_id = load_edited_note(dialog, services), dialog.target.customer_id or ""
    fields: NoteFields = parse_schema_values(NoteFields, answers)
    change, _ = services.customers.save_note(customer_id, note.id, fields, updated_at=note.updated_at)
    return build_saved_message("Saved the note.", change)


EDIT_CUSTOMER = Dialog(
    title="Edit details",
    submit_label="Save",
    icon=":material/edit:",
    draw_form=draw_customer_details_form,
    submit=submit_customer_details,
)
EDIT_NOTE = Dialog(
    title="Edit note",
    submit_label="Save",
    icon=":material/edit_note:",
    draw_form=draw_note_edit_form,
    submit=submit_note_edit,
)
