"""What can be done with several customers of the book at once: another owner, or a run of a workflow for each.

A customer that is refused does not stop the others; the message names it with the reason.
"""

import uuid
from collections.abc import Mapping, Sequence
from uuid import UUID

import streamlit as st

from lib.companies.handovers import BookKind, Handover
from lib.errors import Conflict, InvalidInput, NotFound, NotPermitted, SignedOut, Unavailable, ZenError
from lib.services import Services
from lib.text.format import format_count, join_names
from lib.text.html import Html
from lib.text.truncate import single_line
from lib.ui.actions.action_target import ActionTarget
from lib.ui.actions.dialog_state import Command, Dialog, DialogAnswers, DialogKind, DialogState, FlashMessage
from lib.ui.people.colleague_select import draw_colleague_select
from lib.ui.safe_text import draw_html
from lib.ui.session_keys import action_field_key
from lib.workflows.model import DefinitionStatus

Failure = tuple[str, ZenError]


def draw_assign_owner_form(dialog: DialogState, services: Services) -> DialogAnswers:
    """Who gets the customers, and how many each owner gives."""
    team = dialog.load_once("team", services.people.fetch_team)
    key = action_field_key(dialog.idempotency_key, "taker")
    taker = draw_colleague_select("New owner", team.people, key=key)
    if taker is not None:
        given = group_targets_by_owner(dialog.targets, without=taker)
        names = {str(each.id): each.full_name for each in team.people}
        parts = [f"{format_count(len(each), 'customer')} of {names.get(who, 'a former colleague')}" for who, each in
                 given.items()]  # fmt: skip
        draw_html(
            Html("<p>{} to {}, with open runs and snoozes.</p>").format(
                join_names(parts) if parts else "Nothing", names.get(str(taker), "")
            )
        )
    return {"taker": taker}


def submit_assign_owner(dialog: DialogState, services: Services, answers: DialogAnswers) -> FlashMessage:
    """Hand over the customers of each owner, once for each click. Raises InvalidInput while nobody is chosen."""
    taker: UUID | None = answers["taker"]
    if taker is None:
        raise InvalidInput("Choose who gets the customers.")
    done: list[Handover] = []
    failed: list[Failure] = []
    for owner, targets in group_targets_by_owner(dialog.targets, without=taker).items():
        try:
            done.append(_hand_over_customers(services, dialog, owner, targets, taker))
        except Conflict:  # somebody has one of them by now: each by itself, so that the others go all the same
            for target in targets:
                try:
                    done.append(_hand_over_customers(services, dialog, owner, [target], taker))
                except (Conflict, NotPermitted, NotFound) as error:
                    failed.append((target.customer_name, error))
        except (NotPermitted, NotFound) as error:
            failed += [(each.customer_name, error) for each in targets]
    ids = [each.id for each in done if each.id is not None]
    undo = build_undo_assign_command(ids) if ids else None
    count = sum(each.customers for each in done)
    return _build_bulk_message(f"{format_count(count, 'customer')} assigned", failed, undo)


def _hand_over_customers(
    services: Services, dialog: DialogState, owner: str, targets: Sequence[ActionTarget], taker: UUID
) -> Handover:
    """Hand over customers of one owner, once for each click."""
    takers = {(BookKind.CUSTOMER, UUID(each.customer_id)): taker for each in targets}
    name = f"{owner} {' '.join(each.customer_id or '' for each in targets)}"
    key = str(uuid.uuid5(uuid.UUID(dialog.idempotency_key), name))
    return services.handovers.hand_over_book(UUID(owner), takers, key=key)


def build_undo_assign_command(handover_ids: Sequence[UUID]) -> Command:
    """A command that takes hand-overs back, but for what was changed since."""

    def undo_assign(services: Services) -> FlashMessage:
        kept = [name for each in handover_ids for name in services.handovers.undo_handover(each)]
        lines = tuple(f"{name} stays where it is: somebody changed it since." for name in kept)
        return FlashMessage(text="The customers have their former owners again.", lines=lines)

    return undo_assign


def draw_start_runs_form(dialog: DialogState, services: Services) -> DialogAnswers:
    """Which workflow; for whom one is open already is named."""
    catalogue = dialog.load_once("catalogue", services.workflows.fetch_workflow_catalogue)
    names = {
        each.version.workflow_id: single_line(each.version.name)
        for each in reversed(catalogue.entries)  # the company's own comes first, so it is taken last
        if each.definition.status is DefinitionStatus.PUBLISHED
    }
    key = action_field_key(dialog.idempotency_key, "workflow")
    workflow_id = st.selectbox(
        "Workflow", sorted(names, key=names.__getitem__), None, key=key, format_func=names.__getitem__,
        placeholder="Choose",
    )  # fmt: skip
    open_runs = {each.id for each in catalogue.customers if workflow_id in each.open}
    running = [each.customer_name for each in dialog.targets if each.customer_id in open_runs]
    if workflow_id is not None:
        start = format_count(len(dialog.targets) - len(running), "run")
        text = f"{start} will start."
        if running:
            shown = join_names((*running[:6], f"{len(running) - 6} more") if len(running) > 6 else running)
            text += f" Open already: {shown}."
        draw_html(Html("<p>{}</p>").format(text))
    return {"workflow_id": workflow_id}


def submit_start_runs(dialog: DialogState, services: Services, answers: DialogAnswers) -> FlashMessage:
    """Start a run for each customer that has none; the same click finds those it started."""
    workflow_id: str | None = answers["workflow_id"]
    if workflow_id is None:
        raise InvalidInput("Choose a workflow.")
    started: list[str] = []
    there = 0
    failed: list[Failure] = []
    for target in dialog.targets:
        try:
            run_id = services.book.start_workflow(workflow_id, target.customer_id or "")
        except (InvalidInput, Unavailable, SignedOut):
            raise
        except ZenError as error:
            failed.append((target.customer_name, error))
        else:
            if run_id is None:
                there += 1
            else:
                started.append(run_id)
    text = f"{format_count(len(started), 'run')} started"
    undo = build_undo_start_command(started) if started else None
    return _build_bulk_message(f"{text}; {there} open already" if there else text, failed, undo)


def build_undo_start_command(execution_ids: Sequence[str]) -> Command:
    """A command that takes started runs back, but for those somebody has worked on since."""

    def undo_start(services: Services) -> FlashMessage:
        kept = services.book.undo_started_runs(execution_ids)
        lines = tuple(f"{name} keeps its run: somebody has worked on it since." for name in kept)
        undone = format_count(len(execution_ids) - len(kept), "run")
        return FlashMessage(text=f"Undid {undone}.", lines=lines)

    return undo_start


def group_targets_by_owner(targets: Sequence[ActionTarget], *, without: UUID) -> dict[str, list[ActionTarget]]:
    """The targets by the owner of their customer, but for those of `without`."""
    groups: dict[str, list[ActionTarget]] = {}
    for each in targets:
        if each.worked_by and each.customer_id and each.worked_by != str(without):
            groups.setdefault(each.worked_by, []).append(each)
    return groups


def _build_bulk_message(text: str, failed: Sequence[Failure], undo: Command | None) -> FlashMessage:
    if not failed:
        return FlashMessage(text=f"{text}.", undo=undo)
    lines = tuple(f"{name}: {error.message}" for name, error in failed)
    return FlashMessage(text=f"{text}; {format_count(len(failed), 'was', 'were')} not.", undo=undo, lines=lines)


BOOK_DIALOGS: Mapping[DialogKind, Dialog] = {
    "assign_customers": Dialog(
        title="Assign customers",
        submit_label="Assign",
        icon=":material/person_add:",
        draw_form=draw_assign_owner_form,
        submit=submit_assign_owner,
    ),
    "start_runs": Dialog(
        title="Start a workflow",
        submit_label="Start",
        icon=":material/play_circle:",
        draw_form=draw_start_runs_form,
        submit=submit_start_runs,
    ),
}
