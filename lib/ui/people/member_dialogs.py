"""Dialogs about the people of a company: inviting, another role, another team."""

from typing import Annotated, Literal

import streamlit as st
from pydantic import BaseModel, Field

from lib.auth.model import ROLE_NAMES, Role
from lib.companies.invitation_list import MAX_TEAM_CHARS, RefusedLine, parse_invitation_list
from lib.companies.people_and_invitations import Team, TeamMember
from lib.errors import NotFound
from lib.forms.model import Option
from lib.forms.schema_errors import ValidationFailed, parse_schema_values
from lib.forms.schema_fields import (
    Choices,
    NonBlankStr,
    SingleLineStr,
    build_labels_schema_extra,
    build_option_source_schema_extra,
)
from lib.services import Services
from lib.text.format import format_count
from lib.text.markdown_escape import escape_markdown
from lib.ui.actions.dialog_form import DialogForm
from lib.ui.actions.dialog_state import Dialog, DialogAnswers, DialogState, FlashMessage
from lib.ui.people.invitation_link import build_join_url

ROLE_LABELS = {
    Role.CSM: "CSM: own customers",
    Role.MANAGER: "Manager: all customers of the company",
    Role.ADMIN: "Admin: also people and settings",
}
RoleCode = Literal["csm", "manager", "admin"]
TeamName = Annotated[SingleLineStr, Field(max_length=MAX_TEAM_CHARS)]
TEAM_CHOICE = build_option_source_schema_extra("teams")
TEAM_PLACEHOLDER = "Choose a team or type a new one"
NOT_A_MEMBER = "This person is not a member of your company."


class InviteAnswers(BaseModel):
    people: NonBlankStr = Field(title="Email addresses, one per line")
    role: RoleCode = Field(
        default="csm", title="Role if the line has none", json_schema_extra=build_labels_schema_extra(ROLE_LABELS)
    )
    team: TeamName | None = Field(default=None, title="Team if the line has none", json_schema_extra=TEAM_CHOICE)


class RoleAnswers(BaseModel):
    role: RoleCode = Field(title="Role", json_schema_extra=build_labels_schema_extra(ROLE_LABELS))


class TeamAnswers(BaseModel):
    team: TeamName | None = Field(default=None, title="Team", json_schema_extra=TEAM_CHOICE)


def load_person(dialog: DialogState, services: Services) -> TeamMember:
    """The colleague the dialog is about. Raises NotFound for somebody who has left."""
    person = load_team(dialog, services).find_person(dialog.target.person_id)
    if person is None:
        raise NotFound(NOT_A_MEMBER)
    return person


def load_team(dialog: DialogState, services: Services) -> Team:
    """One request for each dialog."""
    return dialog.load_once("team", services.people.fetch_team)


def draw_invite_form(dialog: DialogState, services: Services) -> DialogAnswers:
    choices = _build_team_choices(load_team(dialog, services))
    defaults = {"people": dialog.loaded.get("addresses")}
    form = DialogForm.from_schema(dialog, InviteAnswers, choices=choices, defaults=defaults)
    form.draw_field("people", placeholder="bob@company.com\nCarol Adeyemi, carol@company.com, manager, Enterprise")
    form.draw_field("role", choice="select", required=True)
    form.draw_field("team", choice="open", placeholder=TEAM_PLACEHOLDER)
    answers = form.read_parameters()
    lines, refused = parse_invitation_list(answers.get("people") or "", role=Role(answers.get("role") or "csm"))
    if len(lines) > 1:
        st.caption(f"{format_count(len(lines), 'person', 'people')} to invite.")
    if refused:
        st.markdown("\n".join(f"- {escape_markdown(_describe_refused_line(each))}" for each in refused))
    return answers


def submit_invite(dialog: DialogState, services: Services, answers: DialogAnswers) -> FlashMessage:
    """Raises ValidationFailed while a line cannot be read: nothing is sent then."""
    parsed: InviteAnswers = parse_schema_values(InviteAnswers, answers)
    lines, refused = parse_invitation_list(parsed.people, role=Role(parsed.role), team=parsed.team)
    if refused or not lines:
        message = "Correct or remove the lines named above." if refused else "Enter an email address."
        raise ValidationFailed((message,), {message: "people"})
    report = services.people.invite_people(lines, join_url=build_join_url())
    if not report.invited:
        messages = tuple(f"{each.text}: {each.reason}" for each in report.refused)
        raise ValidationFailed(messages, dict.fromkeys(messages, "people"))
    names = report.invited[0] if len(report.invited) == 1 else format_count(len(report.invited), "person", "people")
    return FlashMessage(
        text=f"Invited {names}.", lines=tuple(f"Not invited: {_describe_refused_line(each)}" for each in report.refused)
    )


def draw_role_form(dialog: DialogState, services: Services) -> DialogAnswers:
    person = load_person(dialog, services)
    form = DialogForm.from_schema(dialog, RoleAnswers, defaults={"role": person.role.value})
    form.draw_field("role", choice="list")
    return form.read_parameters()


def submit_role(dialog: DialogState, services: Services, answers: DialogAnswers) -> FlashMessage:
    """Raises Conflict for the last admin, and if a colleague has changed the role meanwhile."""
    parsed: RoleAnswers = parse_schema_values(RoleAnswers, answers)
    person, role = load_person(dialog, services), Role(parsed.role)
    services.people.change_role(person.id, role, expected=person.role)
    return FlashMessage(text=f"{person.full_name} is {ROLE_NAMES[role]} now.")


def draw_team_form(dialog: DialogState, services: Services) -> DialogAnswers:
    person, team = load_person(dialog, services), load_team(dialog, services)
    choices, defaults = _build_team_choices(team), {"team": person.team}
    form = DialogForm.from_schema(dialog, TeamAnswers, choices=choices, defaults=defaults)
    form.draw_field("team", choice="open", placeholder=TEAM_PLACEHOLDER)
    return form.read_parameters()


def submit_team(dialog: DialogState, services: Services, answers: DialogAnswers) -> FlashMessage:
    """Raises Conflict if a colleague has moved the person to another team meanwhile."""
    parsed: TeamAnswers = parse_schema_values(TeamAnswers, answers)
    person = load_person(dialog, services)
    chosen = services.people.change_team(person.id, parsed.team, expected=person.team)
    place = f"in the team {chosen}" if chosen else "in no team"
    return FlashMessage(text=f"{person.full_name} is {place} now.")


def _build_team_choices(team: Team) -> Choices:
    return {"teams": [Option(value=name, label=name) for name in team.list_team_names()]}


def _describe_refused_line(line: RefusedLine) -> str:
    return f"line {line.number}, {line.text}: {line.reason}"


INVITE = Dialog(
    title="Invite people",
    submit_label="Invite",
    icon=":material/person_add:",
    draw_form=draw_invite_form,
    submit=submit_invite,
)
CHANGE_ROLE = Dialog(
    title="Change role",
    submit_label="Change role",
    icon=":material/badge:",
    draw_form=draw_role_form,
    submit=submit_role,
)
CHANGE_TEAM = Dialog(
    title="Change team",
    submit_label="Change team",
    icon=":material/groups:",
    draw_form=draw_team_form,
    submit=submit_team,
)
