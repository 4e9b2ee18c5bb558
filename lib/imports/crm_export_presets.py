"""Exports of HubSpot and Salesforce.

Sources: HubSpot's knowledge base ("Set up your import files", default properties of its objects); Salesforce's field
reference (Account, Contact, Contract, Case).
"""

from collections.abc import Mapping

from lib.imports.export_preset import ExportPreset
from lib.imports.record_kinds import ImportKind

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
CRM_PRESETS: tuple[ExportPreset, ...] = (
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
        fallbacks={"create date": "customer_since"},
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
)


def _build_flat_preset(preset: ExportPreset) -> ExportPreset:
    """The export of customers with columns of their contracts or contacts added: an id is the customer's."""
    return ExportPreset(
        source=preset.source,
        kind=ImportKind.FLAT,
        signs=preset.signs,
        fields=_prefix_customer_fields(preset.fields),
        fallbacks=_prefix_customer_fields(preset.fallbacks),
    )


def _prefix_customer_fields(fields: Mapping[str, str]) -> Mapping[str, str]:
    return {header: name and f"{ImportKind.CUSTOMERS}.{name}" for header, name in fields.items()}


FLAT_PRESETS: tuple[ExportPreset, ...] = tuple(
    _build_flat_preset(preset) for preset in CRM_PRESETS if preset.kind is ImportKind.CUSTOMERS
)
