"""What can be changed of a customer on its page, checked by schema before it is sent."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator

from lib.forms.schema_fields import NonBlankStr, SingleLineStr

CONTACT_ROLES = {
    "economic_buyer": "Economic buyer",
    "champion": "Champion",
    "executive_sponsor": "Executive sponsor",
    "admin": "Admin",
    "detractor": "Detractor",
    "procurement": "Procurement",
    "legal": "Legal",
    "user": "User",
}
SENTIMENTS = {"positive": "Positive", "neutral": "Neutral", "negative": "Negative"}
NOTE_KINDS = {"note": "Note", "call": "Call", "meeting": "Meeting", "email": "Email"}

ShortText = Annotated[SingleLineStr, Field(max_length=200)]
LongText = Annotated[SingleLineStr, Field(max_length=500)]
Price = Annotated[Decimal, Field(ge=0, le=Decimal("9999999999.99"), decimal_places=2)]
Percent = Annotated[Decimal, Field(ge=0, le=100)]


class CustomerFields(BaseModel):
    """Its details, but for its owner and whether it is still a customer."""

    name: ShortText = Field(title="Name")
    domain: Annotated[str, Field(pattern=r"^[a-z0-9.-]{1,253}$")] | None = Field(default=None, title="Domain")
    industry: LongText | None = Field(default=None, title="Industry")
    country: LongText | None = Field(default=None, title="Country")
    segment: Literal["smb", "mid", "enterprise"] = Field(title="Segment")
    customer_since: date = Field(title="Customer since")
    summary: Annotated[NonBlankStr, Field(max_length=20_000)] | None = Field(default=None, title="What they use it for")
    competitor: LongText | None = Field(default=None, title="Competitor they are evaluating")


class ContactFields(BaseModel):
    name: ShortText = Field(title="Name")
    title: LongText | None = Field(default=None, title="Job title")
    email: LongText | None = Field(default=None, title="Email")
    role: Literal[
        "economic_buyer", "champion", "executive_sponsor", "admin", "detractor", "procurement", "legal", "user"
    ] = Field(title="Role in the decision")
    influence: Annotated[int, Field(ge=1, le=5)] | None = Field(default=None, title="Influence, 1 to 5")
    sentiment: Literal["positive", "neutral", "negative"] | None = Field(default=None, title="Attitude towards us")
    last_contact_on: date | None = Field(default=None, title="Last contact")
    status: Literal["active", "left", "unknown"] = Field(default="active", title="Status")


class Departure(BaseModel):
    """Who left, when, and who is there instead: a contact there is, a new one by name, or nobody yet."""

    left_on: date = Field(title="Left on")
    replaced_by: str | None = Field(default=None, title="Replaced by")
    successor_name: ShortText | None = Field(default=None, title="Name of the successor")
    successor_title: LongText | None = Field(default=None, title="Job title")


class ContractFields(BaseModel):
    """A term. `annual_price_per_seat` is a list price a year; the percentages are 0-100."""

    starts_on: date = Field(title="First day")
    ends_on: date = Field(title="Renewal date")
    notice_days: Annotated[int, Field(ge=0, le=365)] = Field(title="Notice, days")
    auto_renews: bool = Field(title="Auto-renews")
    seats: Annotated[int, Field(ge=1, le=2_147_483_647)] = Field(title="Seats")
    annual_price_per_seat: Price = Field(title="List price per seat and year")
    discount_percent: Percent = Field(default=Decimal(0), title="Discount")
    uplift_cap_percent: Percent | None = Field(default=None, title="Uplift cap")
    term_months: Annotated[int, Field(ge=1, le=120)] = Field(title="Term, months")
    modules: tuple[str, ...] = Field(default=(), title="Modules")

    @model_validator(mode="after")
    def _end_after_beginning(self) -> Self:
        if self.ends_on <= self.starts_on:
            raise ValueError("The term must end after it begins.")
        return self


class NoteFields(BaseModel):
    kind: Literal["note", "call", "meeting", "email"] = Field(default="note", title="Kind")
    body: Annotated[NonBlankStr, Field(max_length=200_000)] = Field(title="Note")
    happened_on: date = Field(title="Day")
