"""Kinds and fields of exports whose headers are nobody's preset."""

import io

import pytest

from lib.imports.column_mapping import MappedColumn, normalize_header
from lib.imports.column_profile import profile_table
from lib.imports.column_recognition import recognize_table
from lib.imports.crm_export_presets import CRM_PRESETS
from lib.imports.file_reader import read_file_table
from lib.imports.header_names import HEADER_NAMES, find_fields_of_header
from lib.imports.record_kinds import RECORD_SCHEMAS, ImportKind
from lib.imports.record_parser import RecordParser
from lib.imports.support_export_presets import SUPPORT_PRESETS

# Header and one row; the fields that have to be found, by their place.
EXPORTS: dict[str, tuple[str, str, ImportKind, str]] = {
    "hubspot with contracts": (
        "Record ID,Company name,Company Domain Name,Company owner,Create Date,Industry,Contract Start Date,"
        "Contract End Date,Seats,ARR,Auto renew,Notice period",
        "101,Acme,acme.com,Ann Lee,2023-01-04 10:00,Logistics,2026-01-01,2026-12-31,20,12000,yes,60",
        ImportKind.FLAT,
        "customers.external_id customers.name customers.domain customers.owner_email customers.customer_since "
        "customers.industry contracts.starts_on contracts.last_day_on contracts.seats contracts.annual_amount "
        "contracts.auto_renews contracts.notice_days",
    ),
    "hubspot without the day of a customer": (
        "Record ID,Company name,Company Domain Name,Company owner,Create Date,Industry",
        "101,Acme,acme.com,Ann Lee,2023-01-04 10:00,Logistics",
        ImportKind.CUSTOMERS,
        "external_id name domain owner_email customer_since industry",
    ),
    "hubspot with the day of a customer": (
        "Record ID,Company name,Company Domain Name,Company owner,Create Date,Became a customer date",
        "101,Acme,acme.com,Ann Lee,2023-01-04 10:00,2024-01-04 10:00",
        ImportKind.CUSTOMERS,
        "external_id name domain owner_email - customer_since",
    ),
    "pipedrive": (
        "Organization - ID,Organization - Name,Organization - Owner,Organization - Address,Organization - Website",
        "1,Acme,Alice,Oslo,acme.com",
        ImportKind.CUSTOMERS,
        "external_id name owner_email - domain",
    ),
    "zoho": (
        "Record Id,Account Name,Account Owner,Website,Industry,Billing Country,Account Type,Created Time,Employees",
        "z_1,Acme,alice@us.example,www.acme.com,SaaS,Norway,Customer,2024-01-31 10:00:00,50",
        ImportKind.CUSTOMERS,
        "external_id name owner_email domain industry country - - -",
    ),
    "planhat": (
        "Company Id,Company Name,Owner,Phase,Customer From,Renewal Date,Domains",
        "1,Acme,alice@us.example,Live,2024-01-31,2027-01-31,acme.com",
        ImportKind.CUSTOMERS,
        "external_id name owner_email - customer_since - domain",
    ),
    "sheet of customers": (
        "Client,Owner,Size,Started,HQ,What they do",
        "Acme,alice@us.example,Enterprise,14/01/2024,Norway,Logistics",
        ImportKind.CUSTOMERS,
        "name owner_email segment customer_since country summary",
    ),
    "freshdesk": (
        "Ticket ID,Subject,Status,Priority,Source,Agent,Group,Created time,Resolved time,Company,Email",
        "7,Broken,Resolved,High,Portal,Al,Support,2026-03-13 10:00:00,2026-03-14 11:00:00,Acme,jo@acme.com",
        ImportKind.TICKETS,
        "number title status priority - - - opened_on solved_on customer_name contact_email",
    ),
    "jira": (
        "Issue key,Summary,Status,Priority,Created,Resolved,Organizations,Reporter Email",
        "SUP-1,Broken,Done,Highest,13/Mar/26 10:00 AM,14/Mar/26 11:00 AM,Acme,jo@acme.com",
        ImportKind.TICKETS,
        "number title status priority opened_on solved_on customer_name contact_email",
    ),
    "delighted": (
        "Response ID,Person Name,Person Email,NPS Score,Comment,Response Time,Company",
        "1,Jo,jo@acme.com,9,Great,2026-03-14 10:00:00,Acme",
        ImportKind.SURVEY_RESPONSES,
        "- - contact_email score comment responded_on customer_name",
    ),
    "form": (
        "Date,Contact,Organisation,How likely are you to recommend us?,Why?",
        "14/03/2026,jo@acme.com,Acme,9,Good",
        ImportKind.SURVEY_RESPONSES,
        "responded_on contact_email customer_name score comment",
    ),
    "query of usage": (
        "account_name,week_start,weekly_active_users,licensed_seats,login_count,core_events",
        "Acme,2026-03-02,86,120,412,1530",
        ImportKind.USAGE_WEEKS,
        "customer_name week_starts_on active_users seats logins key_actions",
    ),
    "usage by month": (
        "Tenant,Month,MAU,Seats purchased,Sessions,Actions",
        "Acme,2026-03,86,120,412,1530",
        ImportKind.USAGE_WEEKS,
        "customer_name week_starts_on active_users seats logins key_actions",
    ),
    "german contracts": (
        "Kd.-Nr.;Vertragsnr.;Beginn Laufzeit;Ende Laufzeit;Kündigungsfrist (Tage);Autom. Verlängerung;Anzahl User;"
        "Listenpreis je User/Jahr;Nachlass in %",
        "100;V1;31.01.2025;30.01.2026;90;Ja;120;84,50;12,5",
        ImportKind.CONTRACTS,
        "customer_external_id number starts_on last_day_on notice_days auto_renews seats annual_price_per_seat"
        " discount_percent",
    ),
    "contacts": (
        "Contact Full Name,Work Email,Position,Account,Stakeholder Type,Influence (1-5)",
        "Jo Doe,jo@acme.com,COO,Acme,Champion,4",
        ImportKind.CONTACTS,
        "name email title customer_name role influence",
    ),
    "minutes": (
        "Meeting Date;Client;Attendees;Minutes;Author",
        "14.03.2026;Acme;Jo, Al;Went well.;alice@us.example",
        ImportKind.NOTES,
        "happened_on customer_name - body author_email",
    ),
    "price list": (
        "SKU,Product,List price (per user per year)",
        "C-1,Core,84.50",
        ImportKind.MODULES,
        "- name annual_price_per_seat",
    ),
}


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_nobody_described_is_recognised(name: str) -> None:
    header, row, kind, fields = EXPORTS[name]
    profile = profile_table(read_file_table(io.BytesIO(f"{header}\n{row}\n".encode()), "x.csv"))
    mapping = recognize_table(profile).mapping
    assert mapping.kind is kind
    found = [column.field if isinstance(column, MappedColumn) else "-" for column in mapping.columns]
    assert found == fields.split()


def test_an_id_in_a_flat_file_is_the_customers() -> None:
    header, row = (
        "Datensatz-ID;Firma;Segment;Kunde seit;Vertragsbeginn;Lizenzen",
        "7;Adler GmbH;SMB;01.02.2024;01.02.2026;9",
    )
    profile = profile_table(read_file_table(io.BytesIO(f"{header}\n{row}\n".encode()), "x.csv"))
    first = recognize_table(profile, ImportKind.FLAT).mapping.columns[0]
    assert isinstance(first, MappedColumn)
    assert first.field == "customers.external_id"


def test_the_id_of_a_ticket_is_its_number_where_the_file_has_no_other() -> None:
    text = "Ticket ID,Subject,Priority,Status,Created at,Organization\n50001,Slow,High,Open,2026-03-01,Acme\n"
    table = read_file_table(io.BytesIO(text.encode()), "x.csv")
    mapping = recognize_table(profile_table(table)).mapping
    assert mapping.list_missing() == ()
    [(_, cells)] = table.rows
    assert RecordParser(mapping).parse_record(cells).values["number"] == "50001"


def test_a_header_of_another_thing_is_not_taken_for_its_noun() -> None:
    for header in ("Account Type", "Company Phone", "Parent Account", "Customer Health Score"):
        assert "name" not in dict(find_fields_of_header(ImportKind.CUSTOMERS, header)), header


def test_every_header_is_of_a_field_of_some_kind() -> None:
    names = {field.name for schema in RECORD_SCHEMAS.values() for field in schema.fields}
    kinds = {kind.value for kind in ImportKind}
    for key in HEADER_NAMES:
        kind, _, name = key.rpartition(".")
        assert name in names
        assert not kind or (kind in kinds and RECORD_SCHEMAS[ImportKind(kind)].find_field(name)), key


def test_presets_name_fields_of_their_kind_and_can_be_told_apart() -> None:
    presets = (*CRM_PRESETS, *SUPPORT_PRESETS)
    for preset in presets:
        schema = RECORD_SCHEMAS[preset.kind]
        assert all(not name or schema.find_field(name) for name in preset.fields.values()), preset.source
        assert all(normalize_header(sign) for signs in preset.signs for sign in signs)
    assert {preset.source for preset in presets} == {"hubspot", "salesforce", "gainsight", "zendesk", "intercom"}
