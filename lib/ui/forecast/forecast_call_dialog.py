"""The dialog in which a call is given: a category with its evidence, an amount, a reason; and the calls before it."""

from collections.abc import Callable, Mapping

from lib.forecasts.forecast_call_evidence import (
    CATEGORY_RULES,
    EVIDENCE_RULES,
    REASON_QUESTIONS,
    describe_recorded_evidence,
)
from lib.forecasts.model import CATEGORY_LABELS, CallAnswers, CallCategory, CallLevel, RenewalCall, RenewalCalls
from lib.forms.model import Field, FieldKind, Form, Option
from lib.forms.schema_errors import parse_schema_values
from lib.services import Services
from lib.text.format import format_date, format_money
from lib.text.html import Html
from lib.text.local_time import to_local_time
from lib.text.truncate import single_line
from lib.ui.actions.dialog_form import DialogForm
from lib.ui.actions.dialog_state import Dialog, DialogAnswers, DialogKind, DialogState, FlashMessage
from lib.ui.safe_text import draw_html

MAX_HISTORY = 20
_RULE = Html("<p>{}</p>{}")
_EVIDENCE = Html('<p class="zen-small{}">{} {} <span class="zen-muted">({})</span></p>')
_HISTORY = Html("<details><summary class='zen-small'>{}</summary>{}</details>")
_CALL = Html('<p class="zen-small"><strong>{}</strong> {}<br><span class="zen-muted">{}</span></p>')


def load_renewal_calls(dialog: DialogState, services: Services) -> RenewalCalls:
    """The calls on the renewal of the dialog. One request, once for each dialog. Raises NotFound."""
    return dialog.load_once("calls", lambda: services.forecasts.fetch_renewal_calls(dialog.target.row_id or ""))


def build_call_form(latest: RenewalCall | None) -> Form:
    """The questions, filled with the latest call of the level."""
    options = tuple(Option(value=value, label=label) for value, label in CATEGORY_LABELS.items())
    return Form(
        title="",
        fields=(
            Field(
                key="category",
                label="Category",
                kind=FieldKind.CHOICE,
                required=True,
                options=options,
                default=latest.category.value if latest else None,
            ),
            Field(
                key="amount",
                label="ARR afterwards, if not that of today",
                kind=FieldKind.MONEY,
                required=False,
                default=latest.amount if latest else None,
            ),
            Field(key="reason", label="Reason", kind=FieldKind.LONG_TEXT, required=False, default=None),
        ),
    )


def build_call_form_drawer(level: CallLevel) -> Callable[[DialogState, Services], DialogAnswers]:
    """Draws the form of a level."""

    def draw_call_form(dialog: DialogState, services: Services) -> DialogAnswers:
        calls = load_renewal_calls(dialog, services)
        own = [each for each in calls.calls if each.level is level]
        form = DialogForm.from_form(dialog, CallAnswers, build_call_form(own[0] if own else None))
        chosen = form.draw_field("category")
        category = CallCategory(chosen) if chosen in set(CallCategory) else None
        if category is not None:
            draw_html(build_evidence_html(category, calls))
        if category is not CallCategory.LOST:
            form.draw_field("amount")
        form.draw_field("reason", label=_choose_reason_question(category, calls))
        if calls.calls:
            draw_html(build_history_html(calls.calls, services.person.time_zone))
        answers = dict(form.read_parameters())
        if category is CallCategory.LOST:
            answers.pop("amount", None)
        return answers

    return draw_call_form


def build_call_submit(level: CallLevel) -> Callable[[DialogState, Services, DialogAnswers], FlashMessage]:
    """Gives the call of a level. Raises Conflict if somebody gave one since the page was loaded."""

    def submit_call(dialog: DialogState, services: Services, answers: DialogAnswers) -> FlashMessage:
        parsed: CallAnswers = parse_schema_values(CallAnswers, answers)
        contract_id = dialog.target.row_id or ""
        services.forecasts.save_renewal_call(contract_id, level, parsed, revision=dialog.target.row_revision)
        return FlashMessage(
            text=f"Saved your call on {dialog.target.customer_name}: {CATEGORY_LABELS[parsed.category].lower()}."
        )

    return submit_call


def build_evidence_html(category: CallCategory, calls: RenewalCalls) -> Html:
    """The written rule of a category, with what of it the records show."""
    missing = calls.unmet.get(category, ())
    rules = Html("").join(
        _EVIDENCE.format(
            " zen-warning" if code in missing else "",
            "Missing:" if code in missing else "On record:",
            rule,
            describe_recorded_evidence(code, calls.evidence),
        )
        for code, rule in EVIDENCE_RULES[category].items()
    )
    return _RULE.format(CATEGORY_RULES[category], rules)


def build_history_html(calls: tuple[RenewalCall, ...], time_zone: str) -> Html:
    """The calls with who, when and why, the latest first; of many the earlier ones unfold."""
    latest, earlier = (
        Html("").join(_build_call_html(each, time_zone) for each in part)
        for part in (calls[:MAX_HISTORY], calls[MAX_HISTORY:])
    )
    if len(calls) > MAX_HISTORY:
        latest += _HISTORY.format(f"{len(calls) - MAX_HISTORY} earlier", earlier)
    return _HISTORY.format(f"Calls so far: {len(calls)}", latest)


def _build_call_html(call: RenewalCall, time_zone: str) -> Html:
    day = format_date(to_local_time(call.called_at, time_zone).date())
    who = f"{call.called_by_name}, {'CSM' if call.level is CallLevel.CSM else 'manager'}, {day}"
    amount = f" · {format_money(call.amount)}" if call.amount is not None else ""
    return _CALL.format(f"{CATEGORY_LABELS[call.category]}{amount}", single_line(call.reason or ""), who)


def _choose_reason_question(category: CallCategory | None, calls: RenewalCalls) -> str:
    if category is None or (not calls.unmet.get(category) and EVIDENCE_RULES[category]):
        return "Reason"
    return REASON_QUESTIONS[category]


def _build_call_dialog(level: CallLevel, title: str) -> Dialog:
    return Dialog(
        title=title,
        submit_label="Save call",
        icon=":material/campaign:",
        draw_form=build_call_form_drawer(level),
        submit=build_call_submit(level),
    )


CALL_DIALOGS: Mapping[DialogKind, Dialog] = {
    "csm_call": _build_call_dialog(CallLevel.CSM, "CSM's call"),
    "leader_call": _build_call_dialog(CallLevel.LEADER, "Manager's call"),
}
