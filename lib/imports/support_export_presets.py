"""Exports of Gainsight, Zendesk and Intercom.

Sources: Gainsight's standard objects (Company, Person, Timeline); Zendesk's export of account data and of views;
Intercom's lists of users and companies and its export of conversations.
"""

from lib.imports.export_preset import ExportPreset
from lib.imports.record_kinds import ImportKind

ZENDESK_LEFT_OUT = dict.fromkeys(
    ("summation column", "requester id", "submitter", "assignee", "group", "tags", "via", "ticket type", "updated at"),
    "",
)

SUPPORT_PRESETS: tuple[ExportPreset, ...] = (
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
