"""The import page: a file is read, mapped, checked, corrected, brought in and taken back."""

from typing import Any

import pytest

from lib.imports.import_overview import RowGroup
from lib.imports.record_kinds import ImportKind
from tests.database.factories import fetch_rows, fetch_value, insert_customer
from tests.database.import_calls import empty_mapping, operator_client
from tests.database.rpc import call_rpc
from tests.pages.assertions import button_labels, find_button, page_text
from tests.pages.dialogs import dialog_field, submit_dialog
from tests.support.companies import unused_email
from tests.support.pages import REPOSITORY
from tests.support.requests import record_requests

PAGE = "company/import.py"
CUSTOMERS = (
    "Account Name;Website;Segment;Customer Since;Fax\n"
    "Acme GmbH;acme.test;Mid-Market;31.03.2024;1\n"
    "Bolt AG;bolt.test;SMB;01.02.2025;2\n"
    "Cora Ltd;cora.test;Huge;05.01.2025;3\n"
)


@pytest.fixture
def show(open_page, company):
    def open_import_page(member=None, **query):
        return open_page(member or company.manager, PAGE, **query)

    return open_import_page


def choose_file(page, content: str, name: str = "accounts.csv"):
    page.file_uploader[0].set_value((name, content.encode(), "text/csv")).run()
    return page


def press(page, label: str):
    """The first button whose label begins so."""
    button = next(each for each in page.button if each.label.startswith(label))
    return button.click().run()


def get_import_id(page) -> str:
    value = page.query_params["import"]
    return value if isinstance(value, str) else value[0]


def apply_imports(stack) -> None:
    operator = operator_client(stack)
    for function in ("apply_next_import_batch", "apply_next_undo_batch"):
        while operator.rpc(function, {"p_most": 1000}).execute().data is not None:
            pass


def read_customers(sql, company) -> dict[str, dict[str, Any]]:
    rows = fetch_rows(sql, "select * from public.customers where company_id = %s", company.id)
    return {row["name"]: row for row in rows}


def test_someone_signed_out_sees_nothing(open_page):
    page = open_page(None, PAGE)
    assert "You are not signed in." in [header.value for header in page.header]


def test_a_csm_reads_who_can_import(show, company):
    page = show(company.csm)
    assert "Managers and admins bring data in" in page_text(page)
    assert not page.file_uploader


def test_an_empty_list_says_how_to_begin(show):
    with record_requests() as sent:
        page = show()
    assert "No imports yet" in page_text(page)
    assert sent.count("POST /rest/v1/rpc/read_imports") == 1


def test_a_file_is_told_in_words(show):
    page = choose_file(show(), CUSTOMERS)
    assert "CSV, separator semicolon, UTF-8. 3 rows, 5 columns. Customers." in page_text(page).replace("\\", "")
    kind = next(each for each in page.selectbox if each.label == "Each row is")
    assert kind.value == "customers"


def test_a_file_that_is_no_table_says_why(show):
    page = choose_file(show(), "%PDF-1.7 and so on")
    assert "The file is a PDF, no table." in page_text(page)


def test_a_file_comes_in_and_goes_again(show, company, sql, stack):
    page = choose_file(show(), CUSTOMERS)
    if any(each.label.startswith("Leave out the") for each in page.button):
        press(page, "Leave out the")
    page = press(page, "Check 3 rows")
    text = page_text(page)
    assert "2 new, 1 refused" in text
    assert read_customers(sql, company) == {}
    page = press(page, "Bring in 2 rows")
    assert "You can close this page" in " ".join(each.proto.text for each in page.get("progress"))
    apply_imports(stack)
    import_id = get_import_id(page)
    page = show(**{"import": import_id})
    assert set(read_customers(sql, company)) == {"Acme GmbH", "Bolt AG"}
    assert read_customers(sql, company)["Acme GmbH"]["segment"] == "mid"
    page = press(page, "Undo…")
    assert "Removes 2 rows." in page_text(page)
    press(page, "Undo the import")
    apply_imports(stack)
    assert read_customers(sql, company) == {}


def stage(show, content: str, rows: int, name: str = "accounts.csv"):
    page = choose_file(show(), content, name)
    if any(each.label.startswith("Leave out the") for each in page.button):
        press(page, "Leave out the")
    return press(page, f"Check {rows} row")


def show_rows(page, tab: RowGroup):
    group = next(each for each in page.button_group if each.label == "Rows")
    return group.set_value(tab).run()


def test_a_changed_customer_shows_old_and_new_value(show, company, sql):
    insert_customer(sql, company.id, company.csm.id, name="Acme GmbH", segment="smb")
    page = show_rows(stage(show, CUSTOMERS, 3), RowGroup.CHANGED)
    assert "Segment: SMB → Mid-market" in page_text(page)


def test_a_refused_cell_is_named_once_with_its_line(show):
    text = page_text(stage(show, CUSTOMERS, 3))
    assert "Segment: “Huge”. Zen does not know this segment." in text
    assert "line 4" in text
    assert "A new record needs segment" not in text


TWO_REFUSED = CUSTOMERS.replace("SMB", "Tiny")


def edit_grid(page, **cells_of_rows: dict[str, str | None]):
    """Type into the grid of refused rows: `row0={header: text}`."""
    editor = next(each for each in page.get("data_editor") if ".grid." in each.key)
    headers = CUSTOMERS.splitlines()[0].split(";")
    changes = {
        int(row.removeprefix("row")): {str(headers.index(header)): text for header, text in cells.items()}
        for row, cells in cells_of_rows.items()
    }
    page.session_state[editor.key] = {"edited_rows": changes, "added_rows": [], "deleted_rows": []}
    return page.run()


def test_many_refused_cells_are_corrected_at_once_in_a_grid(show):
    page = stage(show, TWO_REFUSED, 3)
    assert not [each for each in page.button if each.label.startswith("Check")]
    page = edit_grid(page, row0={"Segment": "SMB"}, row1={"Segment": "Vast", "Website": None})
    with record_requests() as sent:
        page = press(page, "Check 2 corrected rows")
    assert sent.count("POST /rest/v1/rpc/correct_import_rows") == 1
    assert not {"POST /rest/v1/rpc/stage_import_rows", "POST /rest/v1/rpc/check_import_rows"} & set(sent)
    seen = page_text(page)
    assert "2 rows corrected. 1 of them is still refused." in seen
    assert "2 new, 1 refused" in seen
    assert "Segment: “Vast”" in seen
    page = press(edit_grid(page, row0={"Segment": "Mid-Market"}), "Check 1 corrected row")
    assert "3 new" in page_text(page)
    assert not page.get("data_editor")


def test_a_cell_typed_back_to_what_it_was_is_no_correction(show):
    page = edit_grid(stage(show, TWO_REFUSED, 3), row0={"Segment": "SMB"})
    assert [each for each in page.button if each.label.startswith("Check 1")]
    page = edit_grid(page, row0={"Segment": "Tiny"})
    assert not [each for each in page.button if each.label.startswith("Check")]


def test_what_was_typed_into_the_grid_stays_where_somebody_else_corrected_meanwhile(show, company):
    page = edit_grid(stage(show, TWO_REFUSED, 3), row0={"Segment": "SMB"})
    import_id = get_import_id(page)
    call_rpc(company.manager, "check_import_rows", p_import_id=import_id, p_again=True)
    page = press(page, "Check 1 corrected row")
    assert "Somebody else changed this import meanwhile." in page_text(page)
    page = press(page, "Check 1 corrected row")
    assert "1 row corrected." in page_text(page)


def test_a_row_is_left_out_and_taken_in_again(show):
    page = stage(show, CUSTOMERS, 3)
    page = press(show_rows(page, RowGroup.NEW), "Leave out")
    assert "1 new, 1 refused, 1 left out" in page_text(page)
    page = press(show_rows(page, RowGroup.DROPPED), "Take in")
    assert "2 new, 1 refused" in page_text(page)


def test_a_colleague_is_recognised_by_name(show, company):
    owner = company.csm.full_name
    file = f"Account Name,Segment,Customer Since,Owner\nAcme,smb,2024-01-31,{owner}\nBolt,smb,2024-01-31,Nobody Here\n"
    page = choose_file(show(), file)
    words = next(each for each in page.expander if each.label.startswith("Values in “Owner”"))
    assert "1 value to translate" in words.label


def test_a_customer_that_looks_like_one_is_asked_about(show, company, sql):
    customer = str(insert_customer(sql, company.id, company.csm.id, name="Acme GmbH", segment="smb"))
    file = "Account Name,Segment,Customer Since\nACME Inc.,mid,2024-01-31\nBolt,smb,2024-01-31\n"
    page = stage(show, file, 2)
    assert "1 customer to recognise" in page_text(page)
    page = press(page, "It is Acme GmbH")
    assert "1 new, 1 changed" in page_text(page)
    changed = "select row_id from public.import_rows where company_id = %s and verdict = 'changed'"
    assert str(fetch_value(sql, changed, company.id)) == customer


def test_tickets_of_one_unknown_customer_are_decided_at_once(show, company, sql):
    insert_customer(sql, company.id, company.csm.id, name="Acme GmbH", segment="smb")
    rows = "".join(f"{number},Cannot log in,P2,Open,2026-03-{number},ACME Inc.\n" for number in range(10, 14))
    page = stage(show, f"Ticket #,Subject,Priority,Status,Created,Account\n{rows}", 4, "tickets.csv")
    assert "4 refused" in page_text(page)
    page = press(page, "It is Acme GmbH")
    assert "4 new" in page_text(page)


def test_an_ambiguous_date_has_to_be_said_first(show):
    page = choose_file(show(), "Account Name,Segment,Customer Since\nAcme,smb,03/04/2024\n")
    assert find_button(page, "Check 1 row").disabled
    assert any("Is 03/04/2024 3 April or March 4?" in each.label for each in page.selectbox)
    question = next(each for each in page.selectbox if "03/04/2024" in each.label)
    question.set_value("dmy").run()
    assert not find_button(page, "Check 1 row").disabled


def test_what_was_decided_about_columns_is_known_for_the_next_file_of_the_company_alone(show, new_company):
    header = "Account Name,Segment,Customer Since,Mystery\n"
    page = choose_file(show(), f"{header}Acme,smb,03/04/2024,1\n")
    page = press(page, "Leave out the")
    next(each for each in page.selectbox if "03/04/2024" in each.label).set_value("dmy").run()
    press(page, "Check 1 row")
    again = choose_file(show(), f"{header}Bolt,smb,05/06/2024,2\n", "next.csv")
    assert not any("05/06/2024" in each.label for each in again.selectbox)
    assert "2024-06-05" in page_text(press(again, "Check 1 row"))
    elsewhere = choose_file(show(new_company("Elsewhere").manager), f"{header}Bolt,smb,05/06/2024,2\n")
    assert any("05/06/2024" in each.label for each in elsewhere.selectbox)
    assert any(label.startswith("Leave out the") for label in button_labels(elsewhere))


def test_undo_names_what_somebody_changed_since(show, company, sql, stack):
    page = stage(show, CUSTOMERS, 3)
    import_id = get_import_id(page)
    press(page, "Bring in 2 rows")
    apply_imports(stack)
    sql.execute(
        "update public.customers set summary = 'Ours.' where company_id = %s and name = 'Bolt AG'", [company.id]
    )
    page = press(show(**{"import": import_id}), "Undo…")
    text = page_text(page)
    assert "Removes 2 rows." in text
    assert "1 row changed since." in text
    assert "Bolt AG" in text
    press(page, "Undo the import")
    apply_imports(stack)
    assert set(read_customers(sql, company)) == {"Bolt AG"}


def test_an_import_of_another_company_is_not_there(show, new_company):
    import_id = get_import_id(stage(show, CUSTOMERS, 3))
    page = show(new_company("Elsewhere").manager, **{"import": import_id})
    assert "does not exist, or you don't have access to it" in page_text(page)
    assert "Bring in" not in " ".join(button_labels(page))


CONTRACTS = "Contract number,Account,Start,End,Notice,Auto-renews,ARR\nC-1,Acme,2026-01-01,2027-01-01,60,yes,1200\n"


def get_statuses(sql, company) -> list[str]:
    return [
        row["status"] for row in fetch_rows(sql, "select status from public.imports where company_id = %s", company.id)
    ]


def test_columns_are_changed_after_the_check_without_a_second_import(show, company, sql):
    insert_customer(sql, company.id, company.csm.id, name="Acme", segment="smb")
    page = stage(show, CONTRACTS, 1, "contracts.csv")
    import_id = get_import_id(page)
    assert "1 refused" in page_text(page)
    page = press(page, "Change the columns")
    next(each for each in page.text_input if each.label == "Seats").set_value("1").run()
    page = press(page, "Check 1 row")
    assert "1 new" in page_text(page)
    assert get_import_id(page) == import_id
    assert get_statuses(sql, company) == ["checked"]


def test_an_import_whose_page_was_closed_while_it_was_read_can_only_be_discarded(show, company, sql):
    file = {"p_kind": "customers", "p_file_name": "accounts.csv", "p_source": "crm", "p_headers": ["Name"]}
    import_id = call_rpc(company.manager, "begin_import", **file, p_mapping=empty_mapping())
    row = {"kind": "customers", "line": 2, "cells": ["Acme"], "field_values": {"name": "Acme"}, "problems": []}
    call_rpc(company.manager, "stage_import_rows", p_import_id=import_id, p_rows=[row])
    assert "not finished" in page_text(show())
    page = show(**{"import": import_id})
    assert "This file was not read to its end" in page_text(page)
    assert not any(label.startswith("Bring in") for label in button_labels(page))
    press(page, "Discard")
    assert get_statuses(sql, company) == []


def test_columns_of_a_file_that_is_gone_are_changed_by_choosing_it_again(show):
    import_id = get_import_id(stage(show, CUSTOMERS, 3))
    page = show(**{"import": import_id})
    assert not any(each.label == "Change the columns" for each in page.button)
    assert "choose the file again: its mapping is remembered" in page_text(page)


def test_a_refusal_names_the_field_as_the_page_does(show, company, sql):
    insert_customer(sql, company.id, company.csm.id, name="Acme", segment="smb")
    text = page_text(stage(show, CONTRACTS, 1, "contracts.csv"))
    assert "A new contract needs “Seats”." in text
    assert "A new contract needs “List price per seat and year”." in text
    assert "annual price per seat" not in text


def test_values_that_no_column_gives_are_named_before_the_check(show):
    text = page_text(choose_file(show(), CONTRACTS, "contracts.csv"))
    assert "Seats and List price per seat and year are needed for new records." in text
    assert "With Seats set, List price per seat and year is taken from ARR." in text


@pytest.mark.parametrize(
    ("extra", "sentence", "button"),
    [
        ("Mystery", "Choose what “Mystery” becomes, or leave it out.", "Leave out the undecided column"),
        (
            "Mystery,Riddle",
            "Choose what “Mystery” and “Riddle” become, or leave them out.",
            "Leave out the 2 undecided",
        ),
    ],
)
def test_columns_to_decide_are_named(show, extra, sentence, button):
    cells = ",".join("x" for _ in extra.split(","))
    page = choose_file(show(), f"Account Name,Segment,Customer Since,{extra}\nAcme,smb,2024-01-31,{cells}\n")
    assert sentence in page_text(page)
    assert any(label.startswith(button) for label in button_labels(page))


def test_blank_cells_of_a_mapped_column_get_a_value(show, company, sql):
    insert_customer(sql, company.id, company.csm.id, name="Acme", segment="smb")
    file = (
        "Ticket #,Subject,Priority,Status,Created,Account\n"
        "1,Down,P2,Open,2026-03-10,Acme\n2,Slow,,Open,2026-03-11,Acme\n3,Lost,,Open,2026-03-12,Acme\n"
    )
    page = choose_file(show(), file, "tickets.csv")
    field = next(each for each in page.selectbox if each.label == "For 2 blank cells use")
    assert field.value is None
    assert field.options[0] == "P3 (proposed)"
    field.set_value("p3").run()
    page = press(page, "Check 3 rows")
    assert "3 new" in page_text(page)


def test_the_plan_of_an_undo_is_closed_once_it_is_undone_again(show, sql, stack):
    page = stage(show, CUSTOMERS, 3)
    press(page, "Bring in 2 rows")
    apply_imports(stack)
    for planned, done in (("Undo…", "Undo the import"), ("Bring in again…", "Bring in again")):
        page = press(page.run(), planned)
        press(page, done)
        apply_imports(stack)
    page.run()
    text = page_text(page)
    assert "Undo this import?" not in text
    assert any(each.label == "Undo…" for each in page.button)


def test_the_columns_of_each_kind_and_example_files_are_one_click_away(show):
    page = show()
    assert "Needed" not in page_text(page)
    page.session_state["import.column_guide"] = True
    page.run()
    assert "One of smb, mid, enterprise" in page_text(page)
    page.selectbox(key="import.guide_kind").set_value(ImportKind.TICKETS).run()
    assert "Needed for a ticket that is solved." in page_text(page)
    assert [button.label for button in page.get("download_button")] == ["Example CSV", "Example XLSX"]


def test_owners_are_listed_before_a_file_is_brought_in_and_it_can_be_discarded(show, company, sql):
    header, row = "Account Name;Website;Segment;Customer Since;Account Owner", "Acme;acme.test;SMB;31.03.2024;"
    page = choose_file(show(), f"{header}\n{row}new.person@zen.test\n")
    press(page, "Check 1 row")
    assert [each.value for each in page.code] == ["new.person@zen.test"]
    assert "They get their customers when they join" in page_text(page)
    press(page, "Discard")
    assert not page.exception
    assert fetch_value(sql, "select count(*) from public.imports where company_id = %s", company.id) == 0


def test_owners_who_are_not_here_are_invited_with_their_addresses_filled_in(show, company):
    header, row = "Account Name;Website;Segment;Customer Since;Account Owner", ";SMB;31.03.2024;"
    first, second = unused_email(), unused_email()
    page = choose_file(show(company.admin), f"{header}\nAcme;acme.test{row}{first}\nBolt;bolt.test{row}{second}\n")
    page = press(press(page, "Check 2 rows"), "Invite them")
    assert "# People" in page_text(page)
    assert sorted(dialog_field(page, ".people").value.split()) == sorted([first, second])
    page.switch_page(str(REPOSITORY / "pages/company/people.py"))  # AppTest does not follow a script to its page
    page = submit_dialog(page)
    assert "Invited 2 people." in page_text(page)
    assert len(page.run().text_area) == 0


def test_a_manager_reads_who_is_not_here_and_whom_to_ask(show, company):
    header, row = "Account Name;Website;Segment;Customer Since;Account Owner", "Acme;acme.test;SMB;31.03.2024;"
    page = press(choose_file(show(company.manager), f"{header}\n{row}{unused_email()}\n"), "Check 1 row")
    assert "Ask an admin of your company to invite them." in page_text(page)
    assert "Invite them" not in button_labels(page)
