"""Dialogs of contacts: add, edit, and mark as left with who replaces them."""

from lib.customers.customer_edit_schemas import CONTACT_ROLES, SENTIMENTS, ContactFields, Departure
from lib.customers.customer_page_data import ContactRow
from lib.errors import NotFound
from lib.forms.model import FieldKind
from lib.forms.schema_errors import ValidationFailed, parse_schema_values
from lib.services import Services
from lib.text.local_time import today_in_zone
from lib.ui.actions.dialog_state import Dialog, DialogAnswers, DialogState, FlashMessage
from lib.ui.customer.dialog_fields import (
    DialogQuestion,
    build_saved_message,
    draw_dialog_questions,
    load_customer_page,
    read_json_values,
)

_STATUSES = {"active": "There", "unknown": "Not confirmed"}
CONTACT_QUESTIONS: tuple[DialogQuestion, ...] = (
    ("name", FieldKind.TEXT),
    ("title", FieldKind.TEXT),
    ("email", FieldKind.TEXT),
    ("role", FieldKind.CHOICE, CONTACT_ROLES),
    ("influence", FieldKind.WHOLE),
    ("sentiment", FieldKind.CHOICE, SENTIMENTS),
    ("last_contact_on", FieldKind.DATE),
)
EDIT_QUESTIONS: tuple[DialogQuestion, ...] = (*CONTACT_QUESTIONS, ("status", FieldKind.CHOICE, _STATUSES))


def load_dialog_contact(dialog: DialogState, services: Services) -> ContactRow:
    """The contact the dialog is about. Raises NotFound for one that is gone."""
    page = load_customer_page(dialog, services)
    contact = next((each for each in page.contacts if each.id == dialog.target.row_id), None)
    if contact is None:
        raise NotFound("This contact does not exist any more.")
    return contact


def draw_new_contact_form(dialog: DialogState, _: Services) -> DialogAnswers:
    return draw_dialog_questions(dialog, ContactFields, CONTACT_QUESTIONS, {})


def submit_new_contact(dialog: DialogState, services: Services, answers: DialogAnswers) -> FlashMessage:
    fields: ContactFields = parse_schema_values(ContactFields, answers)
    change = services.customers.save_contact(dialog.target.customer_id or "", None, fields)
    return build_saved_message(f"{fields.name} is a contact now.", change)


def draw_contact_form(dialog: DialogState, services: Services) -> DialogAnswers:
    values = read_json_values(load_dialog_contact(dialog, services), EDIT_QUESTIONS)
    return draw_dialog_questions(dialog, ContactFields, EDIT_QUESTIONS, values)


def submit_contact(dialog: DialogState, services: Services, answers: DialogAnswers) -> FlashMessage:
    """Raises Conflict if somebody changed the contact since the page was loaded."""
    contact = load_dialog_contact(dialog, services)
    fields: ContactFields = parse_schema_values(ContactFields, answers)
    customer_id = dialog.target.customer_id or ""
    change = services.customers.save_contact(customer_id, contact.id, fields, updated_at=contact.updated_at)
    return build_saved_message(f"Saved {fields.name}.", change)


def draw_departure_form(dialog: DialogState, services: Services) -> DialogAnswers:
    contact, page = load_dialog_contact(dialog, services), load_customer_page(dialog, services)
    others = {each.id: each.name for each in page.contacts if each.status != "left" and each.id != contact.id}
    questions: tuple[DialogQuestion, ...] = (
        ("left_on", FieldKind.DATE),
        *((("replaced_by", FieldKind.CHOICE, others),) if others else ()),
        ("successor_name", FieldKind.TEXT),
        ("successor_title", FieldKind.TEXT),
    )
    today = today_in_zone(services.person.time_zone).isoformat()
    return draw_dialog_questions(dialog, Departure, questions, {"left_on": today})


def submit_departure(dialog: DialogState, services: Services, answers: DialogAnswers) -> FlashMessage:
    """Raises ValidationFailed for two successors at once."""
    contact = load_dialog_contact(dialog, services)
    departure: Departure = parse_schema_values(Departure, answers)
    if departure.replaced_by and departure.successor_name:
        message = "Choose a contact, or name a new one: not both."
        raise ValidationFailed((message,), {message: "successor_name"})
    change = services.customers.mark_contact_left(
        contact.id, departure, role=contact.role, updated_at=contact.updated_at
    )
    return build_saved_message(f"{contact.name} has left.", change)


ADD_CONTACT = Dialog(
    title="Add a contact",
    submit_label="Add",
    icon=":material/person_add:",
    draw_form=draw_new_contact_form,
    submit=submit_new_contact,
)
EDIT_CONTACT = Dialog(
    title="Edit contact",
    submit_label="Save",
    icon=":material/edit:",
    draw_form=draw_contact_form,
    submit=submit_contact,
)
CONTACT_LEFT = Dialog(
    title="Contact has left",
    submit_label="Mark as left",
    icon=":material/person_off:",
    draw_form=draw_departure_form,
    submit=submit_departure,
)
