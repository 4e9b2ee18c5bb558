"""Dialogs under AppTest: open, fill and submit one; and what it wrote to the database."""

from datetime import date, timedelta
from typing import Any

from streamlit.testing.v1 import AppTest

from tests.database.factories import Sql, fetch_rows, fetch_value
from tests.database.rpc import call_rpc
from tests.support.companies import Member

SOON = date.today() + timedelta(days=5)
KINDS = (
    "text_area",
    "date_input",
    "selectbox",
    "multiselect",
    "checkbox",
    "radio",
    "button_group",
    "text_input",
    "number_input",
)


def choose_action(page: AppTest, what: str, of: int = 0) -> AppTest:
    """Choose an entry of one of the page's menus."""
    return page.menu_button[of].click(what).run()


def dialog_field(page: AppTest, name: str) -> Any:
    """A question of the open dialog, by the end of its name."""
    keyed = [(found.key or "", found) for kind in KINDS for found in page.get(kind)]
    return next(found for key, found in keyed if key.startswith("act.field.") and key.endswith(name))


def fill_dialog(page: AppTest, **given: Any) -> AppTest:
    for name, value in given.items():
        dialog_field(page, f".{name}").set_value(value)
    return page


def type_choice(page: AppTest, name: str, text: str) -> AppTest:
    """Type what is not among the options of a select box that takes it; AppTest alone chooses only among them."""
    field = dialog_field(page, f".{name}")
    field.options.append(text)
    field.set_value(text)
    return page.run()


def submit_dialog(page: AppTest) -> AppTest:
    return next(found for found in page.button if (found.key or "").startswith("act.press.send.")).click().run()


def snooze_run(page: AppTest, *, of: int = 0, **given: Any) -> AppTest:
    choose_action(page, "snooze", of)
    return submit_dialog(fill_dialog(page, **({"until": SOON, "reason": "They are at a fair."} | given)))


def make_snooze_due(sql: Sql, run: str) -> None:
    over = "update public.workflow_snoozes set until_at = now() - interval '1 minute' where execution_id = %s"
    sql.execute(over, [run])


def read_status(sql: Sql, run: str) -> str:
    return str(fetch_value(sql, "select status from public.workflow_executions where id = %s", run))


def read_action_runs(sql: Sql, run: str) -> list[dict[str, Any]]:
    """The records of actions on a run."""
    return fetch_rows(sql, "select * from public.saved_action_runs where execution_id = %s order by created_at", run)


def start_run(who: Member, customer: str, workflow: str = "standard-renewal") -> str:
    return str(call_rpc(who, "start_workflow", p_workflow_id=workflow, p_customer_id=customer)["execution_id"])


def run_action(sql: Sql, who: Member, run: str, kind: str, **given: Any) -> Any:
    """A global action, without a page."""
    action = fetch_value(sql, "select id::text from public.saved_actions where kind = %s and company_id is null", kind)
    key = fetch_value(sql, "select gen_random_uuid()::text")
    arguments = {"p_action_id": action, "p_subject": {"execution_id": run}, "p_parameters": given, "p_key": key}
    return call_rpc(who, "run_saved_action", **arguments)
