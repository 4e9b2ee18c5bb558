"""Questions of the dialogs of a customer's page, made of an edit's schema and the row as it is."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from lib.customers.customer_page_data import CustomerPage
from lib.forms.model import Field, FieldKind, Form, Option
from lib.services import Services
from lib.ui import page_cache
from lib.ui.actions.dialog_form import DialogForm
from lib.ui.actions.dialog_state import Command, DialogAnswers, DialogState, FlashMessage
from lib.ui.session_keys import customer_page_key

DialogQuestion = tuple[str, FieldKind] | tuple[str, FieldKind, Mapping[str, str]]
"""Name in the schema, kind, and the labels of a choice."""


def load_customer_page(dialog: DialogState, services: Services) -> CustomerPage:
    """The customer as the page shows it: an edit is of what the person saw. No request."""
    customer_id = dialog.target.customer_id or ""
    fetch = lambda: services.customers.fetch_customer_page(customer_id)  # noqa: E731
    return dialog.load_once("page", lambda: page_cache.get_cached_value(customer_page_key(customer_id), fetch))


def draw_dialog_questions(
    dialog: DialogState, schema: type[BaseModel], questions: tuple[DialogQuestion, ...], values: Mapping[str, Any]
) -> DialogAnswers:
    """Ask for the fields of a schema, filled with `values` as JSON; returns what is answered."""
    form = Form(title="", fields=tuple(_build_dialog_field(schema, question, values) for question in questions))
    dialog_form = DialogForm.from_form(dialog, schema, form)
    dialog_form.draw_all_fields()
    return dialog_form.read_parameters()


def read_json_values(row: BaseModel | Any, names: tuple[DialogQuestion, ...]) -> dict[str, Any]:
    """The values of a row as a form takes them."""
    return {name: _to_json_answer(getattr(row, name)) for name, *_ in names}


def build_undo_command(change_id: str, what: str) -> Command:
    """A command that takes an edit back, whole or not at all."""

    def undo_change(services: Services) -> FlashMessage:
        services.customers.undo_change(change_id)
        return FlashMessage(text=f"Undone: {what}")

    return undo_change


def build_saved_message(text: str, change_id: str) -> FlashMessage:
    """ "Saved." with Undo."""
    return FlashMessage(text=text, undo=build_undo_command(change_id, text))


def _build_dialog_field(schema: type[BaseModel], question: DialogQuestion, values: Mapping[str, Any]) -> Field:
    name, kind, *labels = question
    info = schema.model_fields[name]
    options = tuple(Option(value=value, label=label) for value, label in (labels[0] if labels else {}).items())
    return Field(
        key=name,
        label=info.title or name,
        kind=kind,
        required=info.is_required(),
        default=values.get(name),
        options=options,
    )


def _to_json_answer(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else list(value) if isinstance(value, tuple) else value
