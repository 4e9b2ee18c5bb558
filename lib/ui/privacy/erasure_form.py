"""Erasing a customer or a contact: first what it touches, then a reason and the name, then for good."""

from collections.abc import Sequence

import streamlit as st

from lib.audit.change_text import format_table_name
from lib.content.model import Cell, Column, ColumnKind, Table
from lib.errors import ZenError
from lib.privacy.model import ErasureMode, ErasureStep, Subject, SubjectKind, Treatment
from lib.services import Services
from lib.text.format import format_count
from lib.text.html import Html
from lib.text.truncate import single_line
from lib.ui.actions.action_state import get_action_state
from lib.ui.actions.dialog_state import FlashMessage
from lib.ui.empty_and_error_states import draw_error
from lib.ui.safe_text import draw_html
from lib.ui.session_keys import privacy_key
from lib.ui.tables import draw_table

MODE_LABELS = {
    ErasureMode.PSEUDONYMISE: "Pseudonymise: names and words go, figures stay",
    ErasureMode.REMOVE: "Remove: the records go, too",
}
RECORD_LABELS = {
    "customer_scores": "Health and priority on a day",
    "customer_visits": "Visit of a colleague to the page",
    "follow_ups": "Follow-up",
    "forecast_calls": "Call on a renewal",
    "forecast_snapshot_rows": "Renewal in a snapshot of the forecast",
    "import_rows": "Row of an import",
    "import_undo_rows": "Row of an undone import",
    "merges": "Merge",
    "notices": "Notice",
    "price_approvals": "Price approval",
    "pricing_scenarios": "Pricing scenario",
    "quote_lines": "Line of a quote",
    "quotes": "Quote",
    "row_changes": "Entry of the history",
    "saved_action_runs": "Action that ran",
    "workflow_cases": "Finished run kept as a case",
    "workflow_chat_feedback": "Feedback on an answer",
    "workflow_chat_messages": "Message",
    "workflow_chat_threads": "Conversation",
    "workflow_comments": "Comment on a draft",
    "workflow_escalation_comments": "Comment on an escalation",
    "workflow_escalation_extracts": "Extract of a conversation",
    "workflow_escalations": "Escalation",
    "workflow_execution_events": "Event of a run",
    "workflow_executions": "Run",
    "workflow_starts": "Why a run began by itself",
    "workflow_legacy_executions": "Run of an earlier system",
    "workflow_llm_context": "What a model was given",
    "workflow_llm_tool_calls": "Tool call",
    "workflow_snoozes": "Snooze",
    "workflow_step_executions": "Answers of a slide",
}
TREATMENT_LABELS = {
    Treatment.DELETE: "deleted",
    Treatment.REPLACE: "names and words replaced",
    Treatment.REDACT: "names taken out, the rest stays",
    Treatment.KEEP: "kept: figures without names",
}

MAX_EXTRACT = 240
NOT_REACHED = (
    "Not reached: backups, mails that were sent, texts about other customers, workflows and saved actions, which are "
    "written for all customers."
)


def draw_erasure_form(subject: Subject, services: Services) -> None:
    """One request for the preview in each run, one to erase."""
    st.markdown("## Erase")
    chosen = st.radio("How", list(ErasureMode), format_func=MODE_LABELS.__getitem__, key=privacy_key("mode"))
    mode = chosen or ErasureMode.PSEUDONYMISE
    names = _draw_names_field(subject)
    steps = services.privacy.preview_erasure(subject.kind, subject.id, mode, names=names)
    draw_table(build_erasure_plan_table(steps))
    _draw_text_extracts(steps)
    st.caption(NOT_REACHED)
    key = f"{subject.id}"
    reason = st.text_input(
        "Reason, without their name", max_chars=500, key=privacy_key(f"reason.{key}"), placeholder="Asked for by letter"
    )
    typed = st.text_input(f"To confirm, enter the name: {subject.name}", key=privacy_key(f"confirm.{key}"))
    is_ready = bool(reason.strip()) and typed.strip() == subject.name.strip()
    if st.button("Erase for good", key=privacy_key("erase"), icon=":material/delete_forever:", disabled=not is_ready):
        _erase_subject(subject, mode, reason, names, services)


def _draw_names_field(subject: Subject) -> tuple[str, ...]:
    """Further names of a contact that texts are searched for; none for a customer."""
    if subject.kind is not SubjectKind.CONTACT:
        return ()
    typed = st.text_input(
        "Other names in texts (optional)",
        key=privacy_key(f"names.{subject.id}"),
        max_chars=500,
        placeholder="First name, nickname",
        help="Texts about the customer are searched for the full name and the address. Add what else they call them, "
        "with commas between. A name of one word is found with its capitals only.",
    )
    return tuple(name for each in typed.split(",") if (name := each.strip()))


def _draw_text_extracts(steps: Sequence[ErasureStep]) -> None:
    """What names the contact, up to three extracts of each kind of record."""
    found = [step for step in steps if step.extracts]
    if not found:
        return
    with st.expander("What names them"):
        for step in found:
            quotes = Html("").join(
                Html("<li>{}</li>").format(single_line(extract, max_length=MAX_EXTRACT))
                for extract in step.extracts or ()
            )
            more = step.rows - len(step.extracts or ())
            rest = f"{format_count(more, 'more record')}" if more > 0 else ""
            title = Html('<p><strong>{}</strong></p><ul>{}</ul><p class="zen-small zen-muted">{}</p>')
            draw_html(title.format(format_record_name(step.table_name), quotes, rest))


def format_record_name(table_name: str) -> str:
    return RECORD_LABELS.get(table_name) or format_table_name(table_name)


def build_erasure_plan_table(steps: Sequence[ErasureStep]) -> Table:
    columns = (
        Column(key="what", label="Records", kind=ColumnKind.TEXT),
        Column(key="rows", label="How many", kind=ColumnKind.NUMBER),
        Column(key="then", label="What happens", kind=ColumnKind.TEXT),
    )
    rows: tuple[dict[str, Cell], ...] = tuple(
        {
            "what": format_record_name(step.table_name),
            "rows": step.rows,
            "then": TREATMENT_LABELS[step.treatment],
        }
        for step in steps
    )
    return Table(title="What it touches", columns=columns, rows=rows)


def _erase_subject(subject: Subject, mode: ErasureMode, reason: str, names: Sequence[str], services: Services) -> None:
    actions = get_action_state()
    with actions.commands.lock:
        try:
            proof = services.privacy.erase_subject(subject.kind, subject.id, mode, reason=reason, names=names)
        except ZenError as error:
            draw_error(error, key="erasure")
            return
        actions.record_success(FlashMessage(text=f"Erased. The proof has the number {proof.id}."))
    st.rerun()
