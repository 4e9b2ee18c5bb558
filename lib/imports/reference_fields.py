"""Fields that several kinds of records have: ids, and references to customers, contacts and colleagues."""

from lib.imports.record_fields import FieldUse, RecordField, ValueType

MAX_MONEY = 9_999_999_999
MAX_PERCENT = 100
MAX_EMAIL_LENGTH = 500

EXTERNAL_ID = RecordField(name="external_id", label="ID in the other system", use=FieldUse.KEY)
OWNER = RecordField(
    name="owner_email",
    label="Owner's email",
    type=ValueType.EMAIL,
    use=FieldUse.REFERENCE,
    max_length=MAX_EMAIL_LENGTH,
    hint="The colleague who is responsible.",
)
CUSTOMER_REFERENCES = (
    RecordField(name="customer_external_id", label="Customer's ID in the other system", use=FieldUse.REFERENCE),
    RecordField(
        name="customer_domain", label="Customer's domain", type=ValueType.DOMAIN, use=FieldUse.REFERENCE, max_length=253
    ),
    RecordField(name="customer_name", label="Customer's name", use=FieldUse.REFERENCE),
)
CONTACT_REFERENCE = RecordField(
    name="contact_email",
    label="Contact's email",
    type=ValueType.EMAIL,
    use=FieldUse.REFERENCE,
    max_length=MAX_EMAIL_LENGTH,
    hint="Finds the contact, and the customer where nothing else names it.",
)
CUSTOMER_REFERENCE_NAMES = tuple(field.name for field in CUSTOMER_REFERENCES)
