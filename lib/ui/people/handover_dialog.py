"""Handing over a book: how it is divided, a preview of who gets what, and ending a membership with it."""

from collections.abc import Mapping
from uuid import UUID

import streamlit as st

from lib.companies.book_allocation import (
    AllocationShare,
    allocate_by_load,
    allocate_by_segment,
    allocate_tasks,
    summarize_allocation,
)
from lib.companies.handovers import Book, BookKind, Handover
from lib.companies.people_and_invitations import RecentHandover, TeamMember
from lib.errors import InvalidInput
from lib.services import Services
from lib.text.format import format_count, format_money, humanize_code, join_names
from lib.text.html import Html
from lib.ui.actions.dialog_state import Dialog, DialogAnswers, DialogState, FlashMessage
from lib.ui.people.colleague_select import draw_colleague_select, label_colleagues
from lib.ui.people.handover_customer_table import draw_customer_table
from lib.ui.people.member_dialogs import load_person, load_team
from lib.ui.people.people_commands import build_undo_handover_command
from lib.ui.safe_text import draw_html
from lib.ui.session_keys import action_field_key

WAYS: Mapping[str, str] = {
    "one": "To one colleague",
    "load": "By load",
    "segment": "By segment",
    "hand": "By hand",
}
KIND_NOUNS: Mapping[BookKind, str] = {
    BookKind.CUSTOMER: "customer",
    BookKind.RUN: "run",
    BookKind.ESCALATION: "escalation",
    BookKind.FOLLOW_UP: "follow-up",
}
FEW_NAMES = 6
NOTHING_CHOSEN = "Choose who takes over."


def draw_handover_form(dialog: DialogState, services: Services) -> DialogAnswers:
    """The takers of the book under "takers", and under "missing" the names of what has none."""
    person, team = load_person(dialog, services), load_team(dialog, services)
    book = dialog.load_once("book", lambda: services.handovers.fetch_book(person.id))
    if dialog.kind == "deactivate":
        draw_html(
            Html("<p>{} will no longer see anything of the company. What they did stays.</p>").format(person.full_name)
        )
    if book.is_empty:
        draw_html(Html('<p class="zen-muted">{} has no customers and no open work.</p>').format(person.full_name))
        return {"takers": {}, "missing": ()}
    colleagues = tuple(each for each in team.people if each.id != person.id)
    if not colleagues:
        raise InvalidInput("There is no one else in your company yet.", hint="Invite a colleague first.")
    customers, others = _draw_book_division(dialog, book, colleagues)
    takers, missing = allocate_tasks(book, customers, colleagues, others=others)
    _draw_handover_preview(summarize_allocation(book, takers, colleagues))
    if takers and missing:
        stays = "Needs somebody" if dialog.kind == "deactivate" else f"Stays with {person.full_name}"
        draw_html(Html('<p class="zen-small zen-muted">{}: {}.</p>').format(stays, _join_first_names(missing)))
    return {"takers": takers, "missing": missing}


def submit_handover(dialog: DialogState, services: Services, answers: DialogAnswers) -> FlashMessage:
    """Raises InvalidInput while nobody is chosen, and Conflict if the book has changed meanwhile."""
    person, takers = load_person(dialog, services), answers["takers"]
    if not takers:
        raise InvalidInput(NOTHING_CHOSEN)
    try:
        done = services.handovers.hand_over_book(person.id, takers, key=dialog.idempotency_key)
    finally:
        dialog.loaded.clear()  # where the book has changed, the dialog shows it as it is now
    undo = build_undo_handover_command(done.id, person.full_name) if done.id else None
    return FlashMessage(text=f"{describe_handover(done)} of {person.full_name} handed over.", undo=undo)


def submit_deactivation(dialog: DialogState, services: Services, answers: DialogAnswers) -> FlashMessage:
    """Raises InvalidInput while anything has no taker, and Conflict for the last admin."""
    person, takers = load_person(dialog, services), answers["takers"]
    if answers["missing"]:
        raise InvalidInput("Choose who takes over everything that is open.")
    try:
        done = services.handovers.hand_over_book(person.id, takers, key=dialog.idempotency_key, deactivate=True)
    finally:
        dialog.loaded.clear()
    handed_over = f" {describe_handover(done)} handed over." if takers else ""
    return FlashMessage(text=f"{person.full_name} is deactivated.{handed_over}")


def describe_handover(done: Handover | RecentHandover) -> str:
    """ "12 customers, 2 runs and 1 follow-up"."""
    counts = {
        BookKind.CUSTOMER: done.customers,
        BookKind.RUN: done.runs,
        BookKind.ESCALATION: done.escalations,
        BookKind.FOLLOW_UP: done.follow_ups,
    }
    return _join_kind_counts(counts)


def _draw_book_division(
    dialog: DialogState, book: Book, colleagues: tuple[TeamMember, ...]
) -> tuple[Mapping[UUID, UUID], UUID | None]:
    """The taker of each customer, and of work at customers of others."""
    key = dialog.idempotency_key
    ways = list(WAYS) if len(book.customers) > 1 else ["one"]
    way: str | None = "one"
    if len(ways) > 1:
        way_key = action_field_key(key, "way")
        st.session_state.setdefault(way_key, "one")
        way = st.segmented_control("How", ways, key=way_key, required=True, format_func=WAYS.__getitem__)
    if way == "one":
        taker = draw_colleague_select("Who takes over", colleagues, key=action_field_key(key, "taker"))
        return {each.id: taker for each in book.customers if taker}, taker
    customers = _draw_customer_takers(way or "", key, book, colleagues)
    own = {each.id for each in book.customers}
    if all(task.customer_id in own for _, task in book.tasks):
        return customers, None
    label = "Who takes over work at other customers"
    return customers, draw_colleague_select(label, colleagues, key=action_field_key(key, "others"))


def _draw_customer_takers(way: str, key: str, book: Book, colleagues: tuple[TeamMember, ...]) -> Mapping[UUID, UUID]:
    if way == "load":
        labels = label_colleagues(colleagues)
        chosen_key = action_field_key(key, "takers")
        st.session_state.setdefault(chosen_key, [each.id for each in colleagues if not each.role.leads_team])
        chosen = st.multiselect(
            "Among whom", list(labels), key=chosen_key, format_func=labels.__getitem__, placeholder="Choose colleagues"
        )
        st.caption("The largest customers first, each to whoever then has the fewest.")
        return allocate_by_load(book.customers, [each for each in colleagues if each.id in chosen])
    if way == "segment":
        segments = sorted({each.segment for each in book.customers})
        takers = {
            segment: draw_colleague_select(
                humanize_code(segment), colleagues, key=action_field_key(key, f"segment.{segment}")
            )
            for segment in segments
        }
        return allocate_by_segment(book.customers, {name: taker for name, taker in takers.items() if taker})
    return draw_customer_table(book.customers, colleagues, key=key)


def _draw_handover_preview(shares: tuple[AllocationShare, ...]) -> None:
    """Who gets what, by counts and names."""
    for share in shares:
        amount = f", {format_money(share.arr)} ARR" if share.arr else ""
        after = f" · {format_count(share.customers_after, 'customer')} afterwards" if share.arr or share.counts else ""
        draw_html(
            Html('<p><strong>{}</strong>: {}</p><p class="zen-small zen-muted">{}</p>').format(
                share.taker.full_name,
                f"{_join_kind_counts(share.counts)}{amount}{after}",
                _join_first_names(share.names),
            )
        )
        if len(share.names) > FEW_NAMES:
            with st.expander(f"All {len(share.names)}"):
                draw_html(Html("<p>{}</p>").format(", ".join(share.names)))


def _join_kind_counts(counts: Mapping[BookKind, int]) -> str:
    return join_names(format_count(counts[kind], noun) for kind, noun in KIND_NOUNS.items() if counts.get(kind))


def _join_first_names(names: tuple[str, ...]) -> str:
    more = len(names) - FEW_NAMES
    return join_names((*names[:FEW_NAMES], f"{more} more")) if more > 0 else join_names(names)


HAND_OVER = Dialog(
    title="Hand over the book",
    submit_label="Hand over",
    icon=":material/move_up:",
    draw_form=draw_handover_form,
    submit=submit_handover,
)
DEACTIVATE = Dialog(
    title="Deactivate",
    submit_label="Deactivate",
    icon=":material/person_off:",
    draw_form=draw_handover_form,
    submit=submit_deactivation,
)
