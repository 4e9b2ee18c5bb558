"""The privacy page: finding whom it is about, and erasing after the name was entered."""

import io
import json
import zipfile

import pytest

from lib.audit.change_text import TABLE_NAMES
from lib.privacy.export_file import build_export_file
from lib.privacy.model import SubjectKind
from lib.privacy.repository import PrivacyRepository
from lib.ui.privacy.erasure_form import RECORD_LABELS
from tests.database.factories import fetch_rows, fetch_value, insert_customer, insert_row
from tests.pages.assertions import button_labels, page_text

PAGE = "company/privacy.py"


@pytest.fixture
def company(new_company):
    return new_company()


@pytest.fixture
def contact(company, sql):
    customer = insert_customer(sql, company.id, company.csm.id, name="Harbour 100% Foods")
    person = {"name": "Ines Ortega", "role": "champion", "email": "ines@harbour.example"}
    return insert_row(sql, "contacts", company_id=company.id, customer_id=customer, **person)


def find(page, words: str, kind: str | None = None):
    if kind:
        page.get("button_group")[0].set_value(kind).run()
    enter(page, "Find by name", words)
    return page.run()


def enter(page, label: str, text: str) -> None:
    next(each for each in page.text_input if each.label.startswith(label)).set_value(text)


def test_someone_signed_out_sees_nothing(open_page):
    page = open_page(None, PAGE)
    assert "You are not signed in." in [header.value for header in page.header]


def test_a_leader_erases_a_contact_after_entering_the_name(open_page, company, contact, sql):
    page = find(open_page(company.manager, PAGE), "ines", "Contact")
    erase = next(each for each in page.button if each.label == "Erase for good")
    assert erase.disabled
    enter(page, "Reason", "Asked for by letter.")
    enter(page, "To confirm", "Ines Ortega")
    page.run()
    next(each for each in page.button if each.label == "Erase for good").click().run()
    assert fetch_value(sql, "select name from public.contacts where id = %s", contact) == "Erased contact"
    assert "Erased. The proof has the number" in page_text(page)


def test_every_record_that_an_erasure_touches_has_a_name(stack, sql):
    tables = {row["table_name"] for row in fetch_rows(sql, "select table_name from private.personal_data")}
    assert tables - RECORD_LABELS.keys() - TABLE_NAMES.keys() == set()


def test_a_csm_is_not_offered_to_erase(open_page, company, contact):
    page = find(open_page(company.csm, PAGE), "100%")
    assert "Erase for good" not in button_labels(page)
    assert "A ZIP with everything you can read" in page_text(page)


@pytest.mark.parametrize("who", ["csm", "admin"])
def test_what_is_held_on_a_colleague_is_for_themselves_and_admins(open_page, company, who):
    member = getattr(company, who)
    page = open_page(member, PAGE)
    page.get("button_group")[0].set_value("person").run()
    if who == "admin":
        enter(page, "Find by name", company.csm.full_name)
        page.run()
    else:
        assert "For a colleague, ask an admin." in page_text(page)
        assert "Find by name" not in [each.label for each in page.text_input]
    assert [button.label for button in page.get("download_button")] == ["Download"]
    assert "Erase for good" not in button_labels(page)
    rows = PrivacyRepository(member.client).export_rows(SubjectKind.PERSON, company.csm.id)
    exported = json.loads(zipfile.ZipFile(io.BytesIO(build_export_file(rows))).read("export.json"))
    assert [row["full_name"] for row in exported["profiles"]] == [company.csm.full_name]


def test_a_name_nobody_has_says_so(open_page, company, contact):
    assert "Nobody was found" in page_text(find(open_page(company.csm, PAGE), "1_0%"))
