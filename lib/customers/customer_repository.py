from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel

from lib.customers.customer_edit_schemas import ContactFields, ContractFields, CustomerFields, Departure, NoteFields
from lib.customers.customer_page_data import CustomerPage, NoteRow, parse_customer_page
from lib.customers.customer_timeline import TimelineEntry
from lib.db.client import Client
from lib.db.query_execution import execute_read, execute_write
from lib.db.row_parsing import parse_row
from lib.errors import NotFound


class CustomerRepository:
    """The page of a customer and its edits, with the rights of the client's token.

    Each edit names the row as it was read, and returns the change by which its author can undo it within a day. It
    raises NotFound, NotPermitted, and Conflict if the row was changed meanwhile. One request each.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def fetch_customer_page(self, customer_id: str, *, as_of: date | None = None) -> CustomerPage:
        """The customer with all its page shows at first; as it was at the end of the day `as_of`.

        Raises NotFound for an unknown or foreign one. One request.
        """
        arguments = {"p_customer_id": customer_id, "p_as_of": as_of.isoformat() if as_of else None}
        return parse_customer_page(execute_read(self._client.rpc("customer_page", arguments)))

    def fetch_timeline(
        self,
        customer_id: str,
        *,
        kinds: Sequence[str] | None = None,
        before: Mapping[str, str] | None = None,
        most: int = 30,
    ) -> tuple[TimelineEntry, ...]:
        """Up to `most` (200) entries after the place `before`, newest first. Raises NotFound. One request."""
        arguments = {
            "p_customer_id": customer_id,
            "p_kinds": list(kinds) if kinds else None,
            "p_before": dict(before) if before else None,
            "p_most": most,
        }
        rows = execute_read(self._client.rpc("customer_timeline", arguments))
        return tuple(parse_row(TimelineEntry, row) for row in rows)

    def fetch_note(self, note_id: str) -> NoteRow:
        """A note with its whole text. Raises NotFound. One request."""
        rows = execute_read(self._client.table("notes").select("*").eq("id", note_id))
        if not rows:
            raise NotFound("This note does not exist any more.")
        return parse_row(NoteRow, rows[0])

    def save_customer(self, customer_id: str, fields: CustomerFields, *, revision: int) -> str:
        values = {"p_customer_id": customer_id, "p_values": _schema_to_json(fields), "p_revision": revision}
        return self._call_write_function("save_customer", values)

    def save_contact(
        self, customer_id: str, contact_id: str | None, fields: ContactFields, *, updated_at: str | None = None
    ) -> str:
        """Add a contact without `contact_id`."""
        values = {"p_customer_id": customer_id, "p_contact_id": contact_id, "p_values": _schema_to_json(fields)}
        return self._call_write_function("save_contact", values | {"p_updated_at": updated_at})

    def mark_contact_left(self, contact_id: str, departure: Departure, *, role: str, updated_at: str) -> str:
        """A contact left; a successor who is named is added in the same `role`."""
        successor = None
        if departure.successor_name:
            successor = {"name": departure.successor_name, "title": departure.successor_title, "role": role}
        values = {
            "p_contact_id": contact_id,
            "p_left_on": departure.left_on.isoformat(),
            "p_replaced_by": None if successor else departure.replaced_by,
            "p_successor": successor,
            "p_updated_at": updated_at,
        }
        return self._call_write_function("leave_contact", values)

    def save_contract(
        self, customer_id: str, contract_id: str | None, fields: ContractFields, *, updated_at: str | None = None
    ) -> str:
        """Add a term without `contract_id`; `updated_at` is then that of the latest change of a term one saw.

        Raises NotPermitted for a CSM, Conflict if the term, or for a new one any term, was changed since.
        """
        values = {"p_customer_id": customer_id, "p_contract_id": contract_id, "p_values": _schema_to_json(fields)}
        return self._call_write_function("save_contract", values | {"p_updated_at": updated_at})

    def save_note(
        self, customer_id: str, note_id: str | None, fields: NoteFields, *, updated_at: str | None = None
    ) -> tuple[str, int]:
        """Write a note, or change one's own. Also returns how many colleagues it named and were told."""
        values = {"p_customer_id": customer_id, "p_note_id": note_id, "p_values": _schema_to_json(fields)}
        saved = execute_write(self._client.rpc("save_note", values | {"p_updated_at": updated_at}))
        return str(saved["change_id"]), int(saved["notified"])

    def undo_change(self, change_id: str) -> None:
        """Take back one's own change within a day. Raises Conflict if something was changed since."""
        self._call_write_function("undo_customer_change", {"p_change_id": change_id})

    def _call_write_function(self, function: str, arguments: dict[str, Any]) -> str:
        return str(execute_write(self._client.rpc(function, arguments)))


def _schema_to_json(fields: BaseModel) -> dict[str, Any]:
    return fields.model_dump(mode="json")
