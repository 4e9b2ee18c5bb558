"""What a file says twice: customers under two ids, answers of several people, reasons to refuse a row."""

import pytest

from lib.imports.cross_field_rules import apply_cross_field_rules
from lib.imports.record_kinds import ImportKind
from tests.database.factories import fetch_rows, insert_customer, insert_row
from tests.database.rpc import call_rpc

HAFEN = {"name": "Hafen", "domain": "hafen.example", "segment": "mid", "customer_since": "2025-01-01"}
ANSWER = {"customer_name": "Acme", "score": 9, "responded_on": "2026-06-01", "comment": "Good."}


@pytest.mark.parametrize(
    ("later", "reason"),
    [
        ({"name": "Hafen Ltd"}, "Line 2 is the same customer: same domain hafen.example."),
        ({"domain": None}, "Line 2 is the same customer: same name Hafen."),
        ({"name": "HAFEN"}, "Line 2 is the same customer: same domain hafen.example."),
    ],
)
def test_a_customer_under_two_ids_of_the_file_is_refused_once_and_names_the_earlier_line(later, reason, file):
    second = {**HAFEN, "external_id": "h2", **later}
    second = {name: value for name, value in second.items() if value is not None}
    staged = file().stage({**HAFEN, "external_id": "h1"}, second).check()
    assert (staged.verdicts(), staged.reasons()) == (["new", "refused"], [reason])
    staged.decide().apply(most=1)
    assert staged.counts()["applied"] == 1


def test_customers_of_one_name_and_two_domains_in_a_file_are_two(file):
    other = {**HAFEN, "domain": "hafen.test", "external_id": "h2"}
    assert file().stage({**HAFEN, "external_id": "h1"}, other).check().verdicts() == ["new", "new"]


def test_a_line_that_says_less_of_the_same_customer_is_unchanged(file):
    less = {name: HAFEN[name] for name in ("name", "segment", "customer_since")}
    assert file().stage(HAFEN, less).check().verdicts() == ["new", "unchanged"]


def test_customers_of_the_book_that_share_a_domain_stay_two(file, company, sql):
    for number, name in enumerate(("Hafen", "Hafen France")):
        customer = insert_customer(sql, company.id, company.csm.id, name=name, domain="hafen.example")
        pair = {"source": "crm", "table_name": "customers", "external_id": f"h{number}", "row_id": customer}
        insert_row(sql, "external_ids", company_id=company.id, **pair)
    lines = [{"external_id": f"h{n}", "domain": "hafen.example"} for n in range(2)]
    assert file().stage(*lines).check().verdicts() == ["unchanged", "unchanged"]


def test_the_corrected_line_is_a_customer_of_its_own(file):
    staged = file().stage({**HAFEN, "external_id": "h1"}, {**HAFEN, "external_id": "h2"}).check()
    staged.stage({**HAFEN, "external_id": "h1"}, {**HAFEN, "external_id": "h2", "domain": "hafen.test"}).check()
    assert staged.verdicts() == ["new", "new"]


@pytest.mark.parametrize("most", [1, 1000])
@pytest.mark.parametrize(
    "other",
    [
        {"contact_email": "ben@acme.test", "score": 2},
        {"contact_email": "ben@acme.test"},
        {"contact_email": "stranger@acme.test", "score": 2},
        {"contact_email": "stranger@acme.test"},
    ],
)
def test_answers_of_two_contacts_are_two_whatever_they_say(other, most, file, company, sql):
    customer = insert_customer(sql, company.id, company.csm.id, name="Acme")
    words = {"company_id": company.id, "customer_id": customer, "role": "user", "name": "Ben"}
    insert_row(sql, "contacts", email="ben@acme.test", **words)
    lines = [{**ANSWER, "contact_email": "ines@acme.test"}, {**ANSWER, **other}, ANSWER]
    staged = file(kind="survey_responses").stage(*lines).check()
    assert staged.verdicts() == ["new", "new", "new"]
    staged.decide().apply(most=most)
    assert len(fetch_rows(sql, "select 1 from public.survey_responses where customer_id = %s", customer)) == 3
    assert file(kind="survey_responses").stage(*lines).check().verdicts() == ["unchanged"] * 3
    assert staged.undo() == []
    assert fetch_rows(sql, "select 1 from public.survey_responses where customer_id = %s", customer) == []


@pytest.mark.parametrize("comment", ["Good.", None])
@pytest.mark.parametrize("most", [1, 1000])
def test_anonymous_answers_are_one_if_day_score_and_comment_are(comment, most, file, company, sql):
    customer = insert_customer(sql, company.id, company.csm.id, name="Acme")
    answer = {name: value for name, value in (ANSWER | {"comment": comment}).items() if value is not None}
    lines = [answer, {**answer, "score": 2}, answer]
    staged = file(kind="survey_responses").stage(*lines).check()
    assert staged.verdicts() == ["new", "new", "unchanged"]
    staged.decide().apply(most=most)
    assert len(fetch_rows(sql, "select 1 from public.survey_responses where customer_id = %s", customer)) == 2
    assert file(kind="survey_responses").stage(*lines).check().verdicts() == ["unchanged"] * 3


def test_a_contact_who_is_known_by_now_gets_the_answer_imported_before(file, company, sql):
    customer = insert_customer(sql, company.id, company.csm.id, name="Acme")
    line = {**ANSWER, "contact_email": "Ines@acme.test"}
    file(kind="survey_responses").bring_in(line)
    words = {"company_id": company.id, "customer_id": customer, "role": "user", "name": "Ines"}
    contact = insert_row(sql, "contacts", email="ines@acme.test", **words)
    again = file(kind="survey_responses").stage(line).check()
    assert again.rows()[0]["changes"] == {"contact_id": [None, str(contact)]}


def test_a_contract_that_ends_before_it_begins_is_refused_with_one_sentence(file, company, sql):
    insert_customer(sql, company.id, company.csm.id, name="Acme")
    terms = {"term_months": 12, "notice_days": 60, "auto_renews": True, "seats": 10, "annual_price_per_seat": "100"}
    read = {"customer_name": "Acme", "starts_on": "2026-01-12", "ends_on": "2025-01-12", **terms}
    values, problems = apply_cross_field_rules(ImportKind.CONTRACTS, read)
    staged = file(kind="contracts").stage(values)
    said = [
        {"column": "End", "cell": "12.01.2025", "reason": rejection.reason, "remedy": rejection.remedy}
        for _field, rejection in problems
    ]
    row = {"kind": "contracts", "line": 2, "cells": [], "field_values": values, "problems": said}
    call_rpc(company.manager, "stage_import_rows", p_import_id=staged.id, p_rows=[row])
    assert staged.check().reasons() == ["The contract ends before it begins."]
