"""Dialogs of the contract: edit a term, add the next one."""

from datetime import datetime
from typing import Any

from lib.customers.customer_edit_schemas import ContractFields
from lib.customers.customer_page_data import ContractRow
from lib.errors import NotFound
from lib.forms.model import FieldKind
from lib.forms.schema_errors import parse_schema_values
from lib.services import Services
from lib.text.calendar_months import add_months
from lib.text.format import format_date
from lib.ui.actions.dialog_state import Dialog, DialogAnswers, DialogState, FlashMessage
from lib.ui.customer.dialog_fields import (
    DialogQuestion,
    build_saved_message,
    draw_dialog_questions,
    load_customer_page,
    read_json_values,
)

_FIRST_QUESTIONS: tuple[DialogQuestion, ...] = (
    ("starts_on", FieldKind.DATE),
    ("ends_on", FieldKind.DATE),
    ("term_months", FieldKind.WHOLE),
    ("notice_days", FieldKind.WHOLE),
    ("auto_renews", FieldKind.YES_NO),
    ("seats", FieldKind.WHOLE),
    ("annual_price_per_seat", FieldKind.MONEY),
    ("discount_percent", FieldKind.PERCENT),
    ("uplift_cap_percent", FieldKind.PERCENT),
)


def _list_questions(dialog: DialogState, services: Services) -> tuple[DialogQuestion, ...]:
    """The modules are those of the price list, and those of a term that are no longer on it."""
    page = load_customer_page(dialog, services)
    names = [module.name for module in page.account.price_list]
    names += [name for term in page.contracts for name in term.modules]
    modules = {name: name for name in dict.fromkeys(names)}
    return (*_FIRST_QUESTIONS, *((("modules", FieldKind.MULTI, modules),) if modules else ()))


def load_contract_term(dialog: DialogState, services: Services) -> ContractRow:
    """The term the dialog is about. Raises NotFound for one that is gone."""
    page = load_customer_page(dialog, services)
    contract = next((each for each in page.contracts if each.id == dialog.target.row_id), None)
    if contract is None:
        raise NotFound("This contract does not exist any more.")
    return contract


def draw_contract_term_form(dialog: DialogState, services: Services) -> DialogAnswers:
    questions = _list_questions(dialog, services)
    values = read_json_values(load_contract_term(dialog, services), questions)
    return draw_dialog_questions(dialog, ContractFields, questions, values)


def submit_contract_term(dialog: DialogState, services: Services, answers: DialogAnswers) -> FlashMessage:
    """Raises Conflict if somebody changed the term since the page was loaded."""
    contract = load_contract_term(dialog, services)
    fields: ContractFields = parse_schema_values(ContractFields, answers)
    customer_id = dialog.target.customer_id or ""
    change = services.customers.save_contract(customer_id, contract.id, fields, updated_at=contract.updated_at)
    return build_saved_message("Saved the contract.", change)


def draw_next_term_form(dialog: DialogState, services: Services) -> DialogAnswers:
    """Begins where the latest term ends, with its terms."""
    questions, terms = _list_questions(dialog, services), load_customer_page(dialog, services).contracts
    return draw_dialog_questions(
        dialog, ContractFields, questions, build_next_term(terms[0], questions) if terms else {"discount_percent": 0}
    )


def build_next_term(latest: ContractRow, questions: tuple[DialogQuestion, ...] = _FIRST_QUESTIONS) -> dict[str, Any]:
    """The next term as the latest one was, from the day it ends."""
    values = read_json_values(latest, questions)
    return values | {
        "starts_on": latest.ends_on.isoformat(),
        "ends_on": add_months(latest.ends_on, latest.term_months).isoformat(),
    }


def find_latest_change(contracts: tuple[ContractRow, ...]) -> str | None:
    """When a term last changed, as the database wrote it; None without one."""
    return max((term.updated_at for term in contracts), key=datetime.fromisoformat, default=None)


def submit_next_term(dialog: DialogState, services: Services, answers: DialogAnswers) -> FlashMessage:
    """Raises Conflict if a term was added or changed since the page was loaded."""
    fields: ContractFields = parse_schema_values(ContractFields, answers)
    latest = find_latest_change(load_customer_page(dialog, services).contracts)
    change = services.customers.save_contract(dialog.target.customer_id or "", None, fields, updated_at=latest)
    return build_saved_message(f"Added the term from {format_date(fields.starts_on)}.", change)


EDIT_CONTRACT = Dialog(
    title="Edit contract",
    submit_label="Save",
    icon=":material/edit:",
    draw_form=draw_contract_term_form,
    submit=submit_contract_term,
)
ADD_CONTRACT = Dialog(
    title="Add a term",
    submit_label="Add",
    icon=":material/post_add:",
    draw_form=draw_next_term_form,
    submit=submit_next_term,
)
