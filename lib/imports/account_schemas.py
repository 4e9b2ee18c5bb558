"""Schemas of customers, contacts and contracts."""

from lib.imports.record_fields import FieldUse, RecordField, RecordSchema, ValueType
from lib.imports.reference_fields import (
    CUSTOMER_REFERENCE_NAMES,
    CUSTOMER_REFERENCES,
    EXTERNAL_ID,
    MAX_EMAIL_LENGTH,
    MAX_MONEY,
    MAX_PERCENT,
    OWNER,
)

CUSTOMERS = RecordSchema(
    label="Customers",
    table="customers",
    fields=(
        EXTERNAL_ID,
        RecordField(name="name", label="Name", is_required=True),
        RecordField(name="domain", label="Domain", type=ValueType.DOMAIN, max_length=253),
        OWNER,
        RecordField(name="industry", label="Industry", max_length=2000),
        RecordField(name="country", label="Country", max_length=2000),
        RecordField(
            name="segment",
            label="Segment",
            type=ValueType.CODE,
            codes=("smb", "mid", "enterprise"),
            is_required=True,
        ),
        RecordField(
            name="customer_since",
            label="Customer since",
            type=ValueType.DAY,
            is_required=True,
            hint="First day of the first contract.",
        ),
        RecordField(name="time_zone", label="Time zone", type=ValueType.TIME_ZONE, default="UTC"),
        RecordField(name="summary", label="Summary", is_multiline=True, max_length=20_000),
        RecordField(name="competitor", label="Competitor", max_length=2000),
        RecordField(name="status", label="Status", type=ValueType.CODE, codes=("active", "churned"), default="active"),
    ),
    natural_keys=(("domain",), ("name",)),
)

CONTACTS = RecordSchema(
    label="Contacts",
    table="contacts",
    fields=(
        EXTERNAL_ID,
        *CUSTOMER_REFERENCES,
        RecordField(name="name", label="Name", is_required=True, made_from=(("last_name",), ("first_name",))),
        RecordField(name="first_name", label="First name", use=FieldUse.PART),
        RecordField(name="last_name", label="Last name", use=FieldUse.PART),
        RecordField(name="title", label="Job title", max_length=500),
        RecordField(name="email", label="Email", type=ValueType.EMAIL, max_length=MAX_EMAIL_LENGTH),
        RecordField(
            name="role",
            label="Role",
            type=ValueType.CODE,
            codes=(
                "economic_buyer",
                "champion",
                "executive_sponsor",
                "admin",
                "detractor",
                "procurement",
                "legal",
                "user",
            ),
            proposed_code="user",
            is_required=True,
            hint="Role in the decision.",
        ),
        RecordField(
            name="influence",
            label="Influence",
            type=ValueType.WHOLE,
            minimum=1,
            maximum=5,
            hint="1 (none) to 5 (decides).",
        ),
        RecordField(
            name="sentiment", label="Sentiment", type=ValueType.CODE, codes=("positive", "neutral", "negative")
        ),
        RecordField(name="last_contact_on", label="Last contact", type=ValueType.DAY),
        RecordField(
            name="status",
            label="Status",
            type=ValueType.CODE,
            codes=("active", "left", "unknown"),
            default="active",
        ),
        RecordField(name="left_on", label="Left on", type=ValueType.DAY),
        RecordField(
            name="replaced_by_email",
            label="Successor's email",
            type=ValueType.EMAIL,
            use=FieldUse.REFERENCE,
            max_length=MAX_EMAIL_LENGTH,
        ),
    ),
    natural_keys=(("email",),),
    needs_one_of=((*CUSTOMER_REFERENCE_NAMES, "email"),),
)

CONTRACTS = RecordSchema(
    label="Contracts",
    table="contracts",
    fields=(
        EXTERNAL_ID,
        RecordField(name="number", label="Contract number", use=FieldUse.KEY),
        *CUSTOMER_REFERENCES,
        RecordField(name="starts_on", label="Start", type=ValueType.DAY, is_required=True),
        RecordField(
            name="ends_on",
            label="Renewal date",
            type=ValueType.DAY,
            is_required=True,
            made_from=(("last_day_on",), ("starts_on", "term_months")),
            hint="The day after the last day of the term.",
        ),
        RecordField(name="last_day_on", label="Last day of the term", type=ValueType.DAY, use=FieldUse.PART),
        RecordField(
            name="term_months",
            label="Term in months",
            type=ValueType.WHOLE,
            is_required=True,
            minimum=1,
            maximum=120,
            made_from=(("starts_on", "ends_on"), ("starts_on", "last_day_on")),
        ),
        RecordField(
            name="notice_days",
            label="Notice in days",
            type=ValueType.WHOLE,
            is_required=True,
            maximum=365,
            hint="Days of notice before the renewal date.",
        ),
        RecordField(name="auto_renews", label="Auto-renews", type=ValueType.BOOLEAN, is_required=True),
        RecordField(name="seats", label="Seats", type=ValueType.WHOLE, is_required=True, minimum=1),
        RecordField(
            name="annual_price_per_seat",
            label="List price per seat and year",
            type=ValueType.MONEY,
            is_required=True,
            maximum=MAX_MONEY,
            made_from=(("annual_amount", "seats"),),
        ),
        RecordField(
            name="annual_amount",
            label="ARR",
            type=ValueType.MONEY,
            use=FieldUse.PART,
            maximum=MAX_MONEY,
            hint="Yearly amount after discount; with the seats and the discount it gives the list price.",
        ),
        RecordField(
            name="discount_percent", label="Discount", type=ValueType.PERCENT, maximum=MAX_PERCENT, default="0"
        ),
        RecordField(
            name="uplift_cap_percent", label="Cap on price increase", type=ValueType.PERCENT, maximum=MAX_PERCENT
        ),
        RecordField(name="modules", label="Modules", type=ValueType.NAMES, max_length=100, default=[]),
    ),
    natural_keys=(("number",), ("customer", "starts_on")),
    needs_one_of=(CUSTOMER_REFERENCE_NAMES,),
)
