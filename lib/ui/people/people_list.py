"""The people of the company and its open invitations, a row each, with what one may do about them."""

import streamlit as st

from lib.actions.model import ActionSource
from lib.auth.model import ROLE_NAMES, Person, Role
from lib.companies.people_and_invitations import PendingInvitation, Team, TeamMember
from lib.text.format import format_count, format_date, format_money
from lib.text.html import Html, build_icon_html
from lib.text.local_time import to_local_time
from lib.ui import row_pager, theme
from lib.ui.actions import buttons
from lib.ui.actions.action_state import discard_unsent_dialog, get_action_state, open_dialog
from lib.ui.actions.action_target import ActionTarget
from lib.ui.actions.dialog_state import DialogKind
from lib.ui.people import people_commands
from lib.ui.people.handover_dialog import describe_handover
from lib.ui.people.invitation_link import build_join_link, build_join_url
from lib.ui.safe_text import draw_html, draw_row_with_buttons
from lib.ui.session_keys import ADDRESSES_TO_INVITE, PEOPLE_SEARCH, action_button_key

MAIL_STATES = {
    "waiting": "the email waits to be sent",
    "sent": "email sent",
    "failed": "the email could not be delivered: check the address",
}
FEW_PEOPLE = 10
FIRST_ROWS = 60
_ROW = Html('<p><strong>{}</strong>{} <span class="zen-muted">{}</span></p><p class="zen-small zen-muted">{}</p>')


def draw_people_title(person: Person) -> None:
    """The title, and the way to invite for those who may."""
    with st.container(horizontal=True, vertical_alignment="center", key="people_title"):
        st.markdown("# People", width="stretch")
        if person.role is Role.ADMIN:
            target = ActionTarget(person_name=person.company_name)
            st.button(
                "Invite people",
                key=action_button_key("open", "invite"),
                type="primary",
                icon=":material/person_add:",
                on_click=open_dialog,
                args=("invite", ActionSource.PEOPLE, target),
            )


def open_prepared_invitation(person: Person) -> None:
    """Open the dialog to invite with the addresses another page named; call it before the page is drawn."""
    addresses = st.session_state.pop(ADDRESSES_TO_INVITE, None)
    if addresses is None or person.role is not Role.ADMIN:
        return
    discard_unsent_dialog()
    open_dialog("invite", ActionSource.PEOPLE, ActionTarget(person_name=person.company_name))
    dialog = get_action_state().dialog
    if dialog is not None:
        dialog.loaded["addresses"] = addresses


def draw_people(team: Team, person: Person) -> None:
    """Everybody, the first of them; a search where they are many."""
    people = team.people
    if len(people) > FEW_PEOPLE:
        words = st.text_input(
            "Find a person",
            key=PEOPLE_SEARCH,
            placeholder="Name, email address or team",
            label_visibility="collapsed",
            icon=":material/search:",
            width=320,
        )
        people = tuple(each for each in people if _matches_people_search(each, words))
        if not people:
            draw_html(Html('<p class="zen-muted">Nobody here has a name, address or team with “{}”.</p>').format(words))
    window = row_pager.get_row_window("people", len(people), at_first=FIRST_ROWS)
    for each in people[window.first : window.end]:
        _draw_person_row(each, person)
    row_pager.draw_row_pager("people", window, len(people), "member")
    if len(team.people) == 1 and not team.invitations and person.role is Role.ADMIN:
        draw_html(Html("<p>You are the only one here. Invite your colleagues: each gets an email with a link.</p>"))


def draw_invitations(team: Team, person: Person) -> None:
    """Who is invited and has not joined yet."""
    if not team.invitations:
        return
    draw_html(Html("<h5>Invited</h5>"))
    for each in team.invitations:
        _draw_invitation_row(each, person)


def draw_recent_handovers(team: Team, person: Person) -> None:
    """The hand-overs that can still be undone, for those who may."""
    if not team.handovers or not person.role.leads_team:
        return
    draw_html(Html("<h5>Handed over within a day</h5>"))
    for each in team.handovers:
        made = f"by {each.made_by_name}, {theme.format_timestamp(each.created_at, person.time_zone)}"
        html = _ROW.format(f"From {each.from_name}", "", describe_handover(each), made)
        with draw_row_with_buttons(html, key=f"handover.{each.id}"):
            undo = people_commands.build_undo_handover_command(each.id, each.from_name)
            buttons.draw_command_button(
                "Undo", undo, key=f"people.undo.{each.id}", icon=":material/undo:", is_quiet=True
            )


def _draw_person_row(row: TeamMember, person: Person) -> None:
    is_self = row.id == person.id
    role = f" · {ROLE_NAMES[row.role]}{', you' if is_self else ''}{f' · {row.team}' if row.team else ''}"
    with draw_row_with_buttons(
        _ROW.format(row.full_name, role, row.email, _describe_book(row, person.time_zone)), key=f"person.{row.id}"
    ):
        if row.absence and (is_self or person.role.leads_team):
            back = people_commands.build_end_absence_command(row)
            key = f"people.back.{row.id}.{row.absence.starts_on}"
            buttons.draw_command_button("End absence", back, key=key, icon=":material/undo:", is_quiet=True)
        target = ActionTarget(person_id=str(row.id), person_name=row.full_name)
        buttons.draw_action_menu(
            _list_member_dialogs(row, person), target, ActionSource.PEOPLE, of=f"person.{row.id}", about=row.full_name
        )


def _draw_invitation_row(row: PendingInvitation, person: Person) -> None:
    name = row.full_name or row.email
    sent = f"Invited {format_date(to_local_time(row.invited_at, person.time_zone).date())}"
    by = f" by {row.invited_by_name}" if row.invited_by_name else ""
    who = Html("{}{}").format(build_icon_html(":material/mail:"), name)
    waiting = f"{format_count(row.waiting_customers, 'customer')} wait for them" if row.waiting_customers else ""
    waiting = waiting.replace("customer wait", "customer waits")
    facts = " · ".join(part for part in (f"{sent}{by}", MAIL_STATES.get(row.mail_state or ""), waiting) if part)
    role = f" · {ROLE_NAMES[row.role]}{f' · {row.team}' if row.team else ''}"
    html = _ROW.format(who, role, row.email if row.full_name else "", facts)
    with draw_row_with_buttons(html, key=f"invitation.{row.id}"):
        if person.role is not Role.ADMIN:
            return
        with st.popover("Link", icon=":material/link:", type="tertiary"):
            st.caption("Whoever has this address joins here, with a code mailed to it.")
            st.code(build_join_link(row.email), language=None, wrap_lines=True)
        resend = people_commands.build_resend_invitation_command(row, build_join_url())
        key = f"people.resend.{row.id}.{row.invited_at.timestamp()}"
        buttons.draw_command_button("Resend", resend, key=key, icon=":material/send:", is_quiet=True)
        withdraw = people_commands.build_withdraw_invitation_command(row)
        key = f"people.withdraw.{row.id}"
        buttons.draw_command_button("Withdraw", withdraw, key=key, icon=":material/close:", is_quiet=True)


def _list_member_dialogs(row: TeamMember, person: Person) -> tuple[DialogKind, ...]:
    """What the signed-in person may do about a colleague, or about themselves."""
    if person.role is Role.ADMIN:
        return ("change_role", "change_team", "absence", "hand_over", "deactivate")
    if person.role.leads_team:
        return ("change_team", "absence", "hand_over")
    return ("absence",) if row.id == person.id else ()


def _describe_book(row: TeamMember, time_zone: str) -> str:
    """ "12 customers · $1.2M ARR · 5 open runs · seen 27 Nov 2026"."""
    book = [format_count(row.customers, "customer"), f"{format_money(row.arr)} ARR"] if row.customers else ["No book"]
    runs = [format_count(row.open_runs, "open run")] if row.open_runs else []
    seen = row.last_seen_at
    last = [f"seen {format_date(to_local_time(seen, time_zone).date())}"] if seen else []
    return " · ".join((*_list_absence_text(row), *book, *runs, *last))


def _list_absence_text(row: TeamMember) -> tuple[str, ...]:
    absence = row.absence
    if absence is None:
        return ()
    days = f"{format_date(absence.starts_on)} to {format_date(absence.ends_on)}"
    return (f"Away {days}, deputy {absence.deputy_name}",)


def _matches_people_search(row: TeamMember, words: str) -> bool:
    return words.strip().casefold() in f"{row.full_name} {row.email} {row.team or ''}".casefold()
