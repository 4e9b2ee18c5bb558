"""Text in which nothing can be seen is no text: no reason, no name, no note."""

import sys
import unicodedata
from typing import Any

import pytest
from postgrest.exceptions import APIError
from pydantic import BaseModel, ValidationError

from lib.forms.schema_fields import NonBlankStr
from lib.text.json_values import parse_text
from tests.database.action_calls import escalate, skip, snooze
from tests.database.factories import Sql, fetch_value, insert_customer
from tests.database.rpc import assert_refused, call_rpc
from tests.support.companies import Company

# Shown as signs, though Unicode counts them among the format characters.
ARABIC_AND_KAITHI_SIGNS = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}
BLANK_LETTERS = (0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, 0xE0100)
INVISIBLE = (
    "\u200b",
    " \u200b\u00a0",
    "\u2060\ufeff",
    "\u3164",
    "\u2800",
    "\U000e0041",
    "\u202e\u202c",
    "\u00ad",
    "\t",
)


def list_invisible_characters() -> list[str]:
    kinds = ("Cc", "Cf", "Zs", "Zl", "Zp")
    found = [code for code in range(1, sys.maxunicode) if unicodedata.category(chr(code)) in kinds]
    return [chr(code) for code in (*found, *BLANK_LETTERS) if code not in ARABIC_AND_KAITHI_SIGNS]


def test_no_invisible_character_is_text_to_the_database_or_the_forms(sql: Sql) -> None:
    invisible = list_invisible_characters()
    assert len(invisible) > 150
    taken = "select array_agg(to_hex(ascii(c))) from unnest(%s::text[]) c where not private.is_blank(c)"
    assert fetch_value(sql, taken, invisible) is None
    assert fetch_value(sql, "select private.is_blank(%s)", "".join(invisible)) is True
    assert [hex(ord(character)) for character in invisible if parse_text(character) is not None] == []


@pytest.mark.parametrize("text", ["a", "\u200ba", "一", "ע", "é", "👍", "👩\u200d🚀", "¹", "?"])
def test_text_of_any_script_is_text(text: str, sql: Sql) -> None:
    assert fetch_value(sql, "select private.is_blank(%s)", text) is False
    assert parse_text(text) is not None


@pytest.mark.parametrize("text", INVISIBLE)
def test_no_action_takes_it_for_an_answer(text: str) -> None:
    class Answer(BaseModel):
        words: NonBlankStr

    with pytest.raises(ValidationError):
        Answer(words=text)


@pytest.mark.parametrize("text", INVISIBLE)
def test_no_row_is_written_with_it(text: str, company: Company, sql: Sql) -> None:
    customer = str(insert_customer(sql, company.id, company.csm.id))
    of_company, of_customer = {"company_id": str(company.id)}, {"company_id": str(company.id), "customer_id": customer}
    person = str(company.csm.id)
    rows: tuple[tuple[str, dict[str, Any]], ...] = (
        ("notes", of_customer | {"author_id": person, "kind": "note", "body": text, "happened_on": "2026-11-01"}),
        ("contacts", of_customer | {"name": text, "role": "champion"}),
        (
            "follow_ups",
            of_customer | {"created_by": person, "assigned_to": person, "title": text, "due_on": "2026-12-01"},
        ),
        (
            "workflow_drafts",
            of_company
            | {
                "author_id": person,
                "workflow_id": "blank",
                "name": text,
                "category": "risk",
                "slide_sequence": ["greeting", "summary"],
            },
        ),
    )
    for table, row in rows:
        assert refusal(company.csm.client.table(table).insert(row)) == "23514", table
    rename = company.admin.client.table("profiles").update({"full_name": text}).eq("id", person)
    assert refusal(rename) == "23514"
    ticket = {"number": "T-1", "title": text, "priority": "p3", "status": "open", "opened_on": "2026-11-01"}
    assert refusal(company.manager.client.table("tickets").insert(of_customer | ticket)) == "23514"
    module = of_company | {"name": text, "annual_price_per_seat": 1}
    assert refusal(company.admin.client.table("modules").insert(module)) == "23514"


def refusal(query: Any) -> str | None:
    try:
        query.execute()
    except APIError as error:
        return error.code
    return None


@pytest.mark.parametrize("text", INVISIBLE)
def test_no_reason_is_given_with_it(text: str, company: Company, sql: Sql) -> None:
    customer = str(insert_customer(sql, company.id, company.csm.id))
    run = call_rpc(company.csm, "start_workflow", p_workflow_id="standard-renewal", p_customer_id=customer)
    execution = run["execution_id"]
    for act in (
        lambda: skip(company.csm, execution, reason="other", words=text),
        lambda: skip(company.csm, execution, slide="greeting", reason="other", words=text),
        lambda: snooze(company.csm, execution, reason=text),
        lambda: escalate(company.csm, execution, company.manager, ask=text),
    ):
        with assert_refused("PT400"):
            act()
