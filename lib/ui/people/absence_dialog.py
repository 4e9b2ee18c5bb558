"""Entering when a person is away, and who stands in for them."""

from datetime import date

import streamlit as st
from pydantic import BaseModel, Field

from lib.actions.handler import COLLEAGUE_CHOICE
from lib.errors import InvalidInput
from lib.forms.model import Option
from lib.forms.schema_errors import parse_schema_values
from lib.forms.schema_fields import NonBlankStr
from lib.services import Services
from lib.text.format import format_date
from lib.text.local_time import today_in_zone
from lib.ui.actions.dialog_form import DialogForm
from lib.ui.actions.dialog_state import Dialog, DialogAnswers, DialogState, FlashMessage
from lib.ui.people.colleague_select import label_colleagues
from lib.ui.people.member_dialogs import load_person, load_team


class AbsenceAnswers(BaseModel):
    deputy: NonBlankStr = Field(title="Deputy", json_schema_extra=COLLEAGUE_CHOICE)
    first: date = Field(title="First day away")
    last: date = Field(title="Last day away")


def draw_absence_form(dialog: DialogState, services: Services) -> DialogAnswers:
    person, team = load_person(dialog, services), load_team(dialog, services)
    labels = label_colleagues([each for each in team.people if each.id != person.id])
    if not labels:
        raise InvalidInput("There is no one else in your company yet.", hint="Invite a colleague first.")
    st.markdown(
        "The deputy sees the whole book on Today and in the inbox, and works on it. Afterwards nothing changes."
    )
    absence, today = person.absence, today_in_zone(services.person.time_zone)
    form = DialogForm.from_schema(
        dialog,
        AbsenceAnswers,
        choices={"colleagues": [Option(value=str(row_id), label=label) for row_id, label in labels.items()]},
        defaults={
            "deputy": str(absence.deputy_id) if absence else None,
            "first": (absence.starts_on if absence else today).isoformat(),
            "last": absence.ends_on.isoformat() if absence else None,
        },
    )
    form.draw_field("deputy", choice="select")
    form.draw_field("first")
    form.draw_field("last", depends_on=("first",))
    return form.read_parameters()


def submit_absence(dialog: DialogState, services: Services, answers: DialogAnswers) -> FlashMessage:
    """Raises InvalidInput for days that make no absence, Conflict for a deputy who is away themselves."""
    parsed: AbsenceAnswers = parse_schema_values(AbsenceAnswers, answers)
    person, deputy = load_person(dialog, services), load_team(dialog, services).find_person(parsed.deputy)
    if deputy is None:
        raise InvalidInput("Choose a colleague as the deputy.")
    services.people.save_absence(person.id, deputy.id, first=parsed.first, last=parsed.last)
    return FlashMessage(text=f"{deputy.full_name} stands in for {person.full_name} until {format_date(parsed.last)}.")


AWAY = Dialog(
    title="Away with a deputy",
    submit_label="Save",
    icon=":material/beach_access:",
    draw_form=draw_absence_form,
    submit=submit_absence,
)
