"""Schemas of usage, tickets, survey answers and notes, and of the price list."""

from lib.imports.record_fields import FieldUse, RecordField, RecordSchema, ValueType
from lib.imports.reference_fields import (
    CONTACT_REFERENCE,
    CUSTOMER_REFERENCE_NAMES,
    CUSTOMER_REFERENCES,
    EXTERNAL_ID,
    MAX_EMAIL_LENGTH,
    MAX_MONEY,
)

CUSTOMER_OR_CONTACT = (*CUSTOMER_REFERENCE_NAMES, CONTACT_REFERENCE.name)

USAGE_WEEKS = RecordSchema(
    label="Usage",
    table="usage_weeks",
    fields=(
        *CUSTOMER_REFERENCES,
        RecordField(
            name="week_starts_on",
            label="Week",
            type=ValueType.DAY,
            is_required=True,
            hint="A Monday. Daily and monthly rows are rolled up into weeks.",
        ),
        RecordField(
            name="active_users",
            label="Active users",
            type=ValueType.WHOLE,
            is_required=True,
            hint="People active in the 28 days up to the end of the week.",
        ),
        RecordField(name="seats", label="Seats", type=ValueType.WHOLE, is_required=True, minimum=1),
        RecordField(name="logins", label="Sign-ins", type=ValueType.WHOLE, is_required=True),
        RecordField(
            name="key_actions",
            label="Key actions",
            type=ValueType.WHOLE,
            is_required=True,
            hint="Uses of the core of the product in the week.",
        ),
    ),
    natural_keys=(("customer", "week_starts_on"),),
    needs_one_of=(CUSTOMER_REFERENCE_NAMES,),
)

TICKETS = RecordSchema(
    label="Tickets",
    table="tickets",
    fields=(
        EXTERNAL_ID,
        *CUSTOMER_REFERENCES,
        CONTACT_REFERENCE,
        RecordField(name="number", label="Number", is_required=True, made_from=(("external_id",),)),
        RecordField(name="title", label="Title", is_required=True, max_length=500),
        RecordField(
            name="priority",
            label="Priority",
            type=ValueType.CODE,
            codes=("p1", "p2", "p3", "p4"),
            proposed_code="p3",
            is_required=True,
            hint="p1 (blocked) to p4 (question).",
        ),
        RecordField(
            name="status",
            label="Status",
            type=ValueType.CODE,
            codes=("open", "pending", "solved"),
            is_required=True,
        ),
        RecordField(name="opened_on", label="Opened on", type=ValueType.DAY, is_required=True),
        RecordField(
            name="solved_on", label="Solved on", type=ValueType.DAY, hint="Needed for a ticket that is solved."
        ),
        RecordField(name="satisfied", label="Satisfied", type=ValueType.BOOLEAN),
    ),
    natural_keys=(("number",),),
    needs_one_of=(CUSTOMER_OR_CONTACT,),
)

SURVEY_RESPONSES = RecordSchema(
    label="Survey answers",
    table="survey_responses",
    fields=(
        EXTERNAL_ID,
        *CUSTOMER_REFERENCES,
        CONTACT_REFERENCE,
        RecordField(name="score", label="Score", type=ValueType.WHOLE, is_required=True, maximum=10, hint="0 to 10."),
        RecordField(name="comment", label="Comment", is_multiline=True, max_length=20_000),
        RecordField(name="responded_on", label="Answered on", type=ValueType.DAY, is_required=True),
    ),
    natural_keys=(("contact_email", "responded_on"), ("customer", "responded_on", "score", "comment")),
    needs_one_of=(CUSTOMER_OR_CONTACT,),
)

NOTES = RecordSchema(
    label="Notes",
    table="notes",
    fields=(
        EXTERNAL_ID,
        *CUSTOMER_REFERENCES,
        CONTACT_REFERENCE,
        RecordField(
            name="author_email",
            label="Author's email",
            type=ValueType.EMAIL,
            use=FieldUse.REFERENCE,
            max_length=MAX_EMAIL_LENGTH,
            hint="A colleague. Without one it is whoever imports the file.",
        ),
        RecordField(
            name="kind",
            label="Kind",
            type=ValueType.CODE,
            codes=("note", "call", "meeting", "email"),
            default="note",
        ),
        RecordField(name="body", label="Text", is_required=True, is_multiline=True, max_length=200_000),
        RecordField(name="happened_on", label="Day", type=ValueType.DAY, is_required=True),
    ),
    natural_keys=(("customer", "happened_on", "body"),),
    needs_one_of=(CUSTOMER_OR_CONTACT,),
)

MODULES = RecordSchema(
    label="Price list",
    table="modules",
    fields=(
        EXTERNAL_ID,
        RecordField(name="name", label="Module", is_required=True, max_length=100),
        RecordField(
            name="annual_price_per_seat",
            label="List price per seat and year",
            type=ValueType.MONEY,
            is_required=True,
            maximum=MAX_MONEY,
        ),
    ),
    natural_keys=(("name",),),
)
