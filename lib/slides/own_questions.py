"""Questions a company asks on a slide, beside those of the slide's own form.

Their answers are kept with the slide's, under keys that begin with `own_`.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from lib.customers.model import Account
from lib.forms import model as forms
from lib.forms.schema_fields import SingleLineStr
from lib.slides.shared_sections import build_contact_options, find_contact
from lib.text.format import format_date, format_decimal, format_money, format_yes_no
from lib.text.json_values import parse_date, parse_number, parse_text
from lib.text.truncate import single_line

MAX_QUESTIONS = 20
MAX_CHOICES = 20
MAX_AMOUNT = 10**12
OWN_KEY = r"^own_[a-z0-9]+(_[a-z0-9]+)*$"
MAX_ANSWER_LENGTH = 300


class OwnQuestionKind(StrEnum):
    """What an own question is answered with."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    CHOICE = "choice"
    DATE = "date"
    PERSON = "person"
    YES_NO = "yes_no"


QUESTION_KIND_LABELS: Mapping[OwnQuestionKind, str] = {
    OwnQuestionKind.TEXT: "Text",
    OwnQuestionKind.NUMBER: "Number",
    OwnQuestionKind.MONEY: "Amount of money",
    OwnQuestionKind.CHOICE: "One of a list",
    OwnQuestionKind.DATE: "Date",
    OwnQuestionKind.PERSON: "Contact of the customer",
    OwnQuestionKind.YES_NO: "Yes or no",
}
FIELD_KINDS: Mapping[OwnQuestionKind, forms.FieldKind] = {
    OwnQuestionKind.TEXT: forms.FieldKind.LONG_TEXT,
    OwnQuestionKind.NUMBER: forms.FieldKind.DECIMAL,
    OwnQuestionKind.MONEY: forms.FieldKind.MONEY,
    OwnQuestionKind.CHOICE: forms.FieldKind.CHOICE,
    OwnQuestionKind.DATE: forms.FieldKind.DATE,
    OwnQuestionKind.PERSON: forms.FieldKind.CHOICE,
    OwnQuestionKind.YES_NO: forms.FieldKind.YES_NO,
}
QuestionChoice = Annotated[SingleLineStr, StringConstraints(max_length=100)]


class OwnQuestion(BaseModel):
    """A question of the company on a slide. The limits are those of `private.own_questions_error`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str = Field(
        pattern=OWN_KEY,
        max_length=40,
        title="Name in texts",
        description="own_ and a word, such as own_auditor. Later slides show the answer with {{ answer.own_auditor }}.",
    )
    label: SingleLineStr = Field(max_length=200, title="Question", description="As whoever runs it reads it.")
    kind: OwnQuestionKind = Field(title="Answered with")
    choices: tuple[QuestionChoice, ...] = Field(
        default=(), max_length=MAX_CHOICES, title="Choices", description="For one of a list: 2 to 20, one a line."
    )
    is_required: bool = Field(default=False, title="Needs an answer")
    help: SingleLineStr | None = Field(default=None, max_length=400, title="Explanation", description="Optional.")

    @model_validator(mode="after")
    def _require_fitting_choices(self) -> Self:
        if self.kind is not OwnQuestionKind.CHOICE and self.choices:
            raise ValueError("only a question answered with one of a list has choices.")
        if self.kind is OwnQuestionKind.CHOICE and len(set(self.choices)) < max(2, len(self.choices)):
            raise ValueError("one of a list needs at least two choices, none twice.")
        return self


def build_own_fields(questions: Iterable[OwnQuestion], account: Account) -> tuple[forms.Field, ...]:
    """The questions as fields of a form, in their order."""
    return tuple(_build_own_field(question, account) for question in questions)


def format_own_answer(question: OwnQuestion, value: Any, account: Account) -> str | None:
    """The answer in one line; None without one, or for one that is not of its kind."""
    answer = read_own_answer(question, value, account)
    match question.kind:
        case _ if answer is None:
            return None
        case OwnQuestionKind.NUMBER:
            return format_decimal(answer)
        case OwnQuestionKind.MONEY:
            return format_money(answer)
        case OwnQuestionKind.DATE:
            return format_date(answer)
        case OwnQuestionKind.YES_NO:
            return format_yes_no(answer)
        case _:
            return single_line(answer[: 8 * MAX_ANSWER_LENGTH], max_length=MAX_ANSWER_LENGTH)


def read_own_answer(question: OwnQuestion, value: Any, account: Account) -> Any:
    """The answer as a value: text, Decimal, date or bool, a person by name; None without one."""
    match question.kind:
        case OwnQuestionKind.NUMBER | OwnQuestionKind.MONEY:
            return parse_number(value)
        case OwnQuestionKind.DATE:
            return parse_date(value)
        case OwnQuestionKind.YES_NO:
            return value if isinstance(value, bool) else None
        case OwnQuestionKind.PERSON:
            contact = find_contact(account, value)
            return single_line(contact.name, max_length=120) if contact else None
        case OwnQuestionKind.TEXT | OwnQuestionKind.CHOICE:
            return parse_text(value)


def _build_own_field(question: OwnQuestion, account: Account) -> forms.Field:
    is_number = question.kind in (OwnQuestionKind.NUMBER, OwnQuestionKind.MONEY)
    return forms.Field(
        key=question.key,
        label=question.label,
        kind=FIELD_KINDS[question.kind],
        help=question.help,
        required=question.is_required,
        options=_build_options(question, account),
        minimum=-MAX_AMOUNT if is_number else None,
        maximum=MAX_AMOUNT if is_number else None,
    )


def _build_options(question: OwnQuestion, account: Account) -> tuple[forms.Option, ...]:
    if question.kind is OwnQuestionKind.PERSON:
        return build_contact_options(account.contacts)
    return tuple(forms.Option(value=choice, label=choice) for choice in question.choices)
