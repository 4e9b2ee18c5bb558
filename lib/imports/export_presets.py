"""Exports of known systems: by which headers they are recognised, and what theirs mean where the words alone mislead.

Sources: the help pages and field references of HubSpot (knowledge base, "Set up your import files" and the default
properties), Salesforce (field reference: Account, Contact, Contract, Case), Gainsight (standard objects: Company,
Person, Timeline), Zendesk (account data export, views) and Intercom (user and company lists, conversation export).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lib.imports.record_kinds import ImportKind


@dataclass(frozen=True, kw_only=True)
class ExportPreset:
    """An export of one system. `signs` are headers only this export has together; all of one set have to be there.

    `fields` says what a header means; "" leaves the column out. Other headers mean what they usually do.
    """

    source: str
    kind: ImportKind
    signs: tuple[tuple[str, ...], ...]
    fields: Mapping[str, str] = field(default_factory=dict)


HUBSPOT_LEFT_OUT = {
    **dict.fromkeys(
        ("last modified date", "lifecycle stage", "phone number", "city", "state/region", "postal code"), ""
    ),
    **dict.fromkeys(
        ("number of employees", "annual revenue", "lead status", "original source", "marketing contact"), ""
    ),
}
SALESFORCE_LEFT_OUT = {
    **dict.fromkeys(("phone", "fax", "billing street", "billing city", "billing zip/postal code", "rating"), ""),
    **dict.fromkeys(("last modified date", "created by", "parent account", "annual revenue", "employees"), ""),
}
ZENDESK_LEFT_OUT = dict.fromkeys(
    ("summation column", "requester id", "submitter", "assignee", "group", "tags", "via", "ticket type", "updated at"),
    "",
)

EXPORT_PRESETS: tuple[ExportPreset, ...] = (
    ExportPreset(
        source="hubspot",
        kind=ImportKind.CUSTOMERS,
        signs=(("record id", "company name"), ("company owner", "company domain name")),
        fields={
            **HUBSPOT_LEFT_OUT,
            "record id": "external_id",
            "create date": "",
            "company owner": "owner_email",
            "became a customer date": "customer_since",
            "last activity date": "",
        },
    ),
    ExportPreset(
        source="hubspot",
        kind=ImportKind.CONTACTS,
        signs=(("record id", "first name", "last name"), ("record id", "contact owner")),
        fields={
            **HUBSPOT_LEFT_OUT,
            "record id": "external_id",
            "contact owner": "",
            "create date": "",
            "associated company": "customer_name",
            "associated company ids": "customer_external_id",
            "primary associated company id": "customer_external_id",
            "company name": "customer_name",
            "country/region": "",
            "time zone": "",
        },
    ),
    ExportPreset(
        source="hubspot",
        kind=ImportKind.CONTRACTS,
        signs=(("record id", "deal name"), ("deal stage", "deal owner")),
        fields={
            "record id": "external_id",
            "deal name": "number",
            "deal stage": "",
            "deal owner": "",
            "pipeline": "",
            "close date": "starts_on",
            "create date": "",
            "amount": "annual_amount",
            "annual contract value": "annual_amount",
            "associated company": "customer_name",
            "associated company ids": "customer_external_id",
        },
    ),
    ExportPreset(
        source="hubspot",
        kind=ImportKind.TICKETS,
        signs=(("ticket id", "ticket name"), ("record id", "ticket name"), ("ticket status", "ticket owner")),
        fields={
            "record id": "number",
            "ticket id": "number",
            "ticket name": "title",
            "ticket owner": "",
            "pipeline": "",
            "create date": "opened_on",
            "close date": "solved_on",
            "associated company": "customer_name",
            "associated company ids": "customer_external_id",
            "associated contact": "",
        },
    ),
    ExportPreset(
        source="salesforce",
        kind=ImportKind.CUSTOMERS,
        signs=(("account id", "account owner"), ("account name", "account owner", "type")),
        fields={**SALESFORCE_LEFT_OUT, "account id": "external_id", "type": "", "created date": ""},
    ),
    ExportPreset(
        source="salesforce",
        kind=ImportKind.CONTACTS,
        signs=(("contact id", "account name"), ("first name", "last name", "account name")),
        fields={
            **SALESFORCE_LEFT_OUT,
            "contact id": "external_id",
            "account id": "customer_external_id",
            "account owner": "",
            "contact owner": "",
            "created date": "",
            "mailing country": "",
        },
    ),
    ExportPreset(
        source="salesforce",
        kind=ImportKind.CONTRACTS,
        signs=(("contract number", "contract start date"), ("contract id", "account name")),
        fields={
            **SALESFORCE_LEFT_OUT,
            "contract id": "external_id",
            "contract number": "number",
            "contract name": "",
            "account id": "customer_external_id",
            "contract end date": "last_day_on",
            "contract term (months)": "term_months",
            "owner expiration notice": "notice_days",
            "contract owner": "",
            "status": "",
        },
    ),
    ExportPreset(
        source="salesforce",
        kind=ImportKind.TICKETS,
        signs=(("case number", "subject"), ("case id", "case number"), ("case owner", "date/time opened")),
        fields={
            **SALESFORCE_LEFT_OUT,
            "case id": "external_id",
            "case number": "number",
            "case owner": "",
            "account id": "customer_external_id",
            "contact name": "",
        },
    ),
    ExportPreset(
        source="gainsight",
        kind=ImportKind.CUSTOMERS,
        signs=(("gsid", "name"), ("csm", "original contract date"), ("company name", "current score", "csm")),
        fields={
            **dict.fromkeys(("arr", "mrr", "current score", "previous score", "nps", "renewal date", "users"), ""),
            **dict.fromkeys(
                ("lifetime in months", "employees", "lifecycle stage", "created date", "modified date"), ""
            ),
            "gsid": "external_id",
            "sfdc account id": "",
            "csm": "owner_email",
            "csm name": "",
        },
    ),
    ExportPreset(
        source="gainsight",
        kind=ImportKind.NOTES,
        signs=(("activity type", "activity date", "subject"), ("activity id", "notes")),
        fields={
            **dict.fromkeys(("subject", "duration", "external attendees", "internal attendees", "context"), ""),
            "activity id": "external_id",
            "author": "author_email",
            "notes (plain text)": "body",
        },
    ),
    ExportPreset(
        source="zendesk",
        kind=ImportKind.TICKETS,
        signs=(("id", "requester", "subject", "status"), ("summation column", "id"), ("ticket id", "requester")),
        fields={
            **ZENDESK_LEFT_OUT,
            "id": "number",
            "ticket id": "number",
            "requester": "",
            "requester external id": "",
            "organization": "customer_name",
            "satisfaction score": "satisfied",
            "due date": "",
            "assigned at": "",
            "initially assigned at": "",
        },
    ),
    ExportPreset(
        source="zendesk",
        kind=ImportKind.CUSTOMERS,
        signs=(("id", "domain names", "shared tickets"), ("organization id", "domain names")),
        fields={"id": "external_id", "group": "", "tags": "", "created at": "", "updated at": ""},
    ),
    ExportPreset(
        source="intercom",
        kind=ImportKind.CUSTOMERS,
        signs=(("company id", "monthly spend"), ("company name", "web sessions", "people")),
        fields={
            **dict.fromkeys(
                ("monthly spend", "plan", "people", "web sessions", "last seen", "company size", "tag"), ""
            ),
            "company id": "external_id",
            "company industry": "industry",
            "company website": "domain",
            "company created at": "",
        },
    ),
    ExportPreset(
        source="intercom",
        kind=ImportKind.CONTACTS,
        signs=(("user id", "email", "web sessions"), ("name", "email", "signed up", "last seen")),
        fields={
            **dict.fromkeys(
                ("web sessions", "first seen", "signed up", "phone", "city", "tag", "segment", "owner"), ""
            ),
            "last seen": "",
            "last contacted": "last_contact_on",
            "companies": "customer_name",
            "company name": "customer_name",
            "company id": "customer_external_id",
            "country": "",
        },
    ),
    ExportPreset(
        source="intercom",
        kind=ImportKind.TICKETS,
        signs=(("conversation id", "conversation state"), ("conversation id", "conversation started at")),
        fields={
            "conversation id": "number",
            "conversation rating": "",
            "user email": "contact_email",
            "user id": "",
            "assignee": "",
        },
    ),
)
