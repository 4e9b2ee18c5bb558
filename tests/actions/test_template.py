"""The handler shown in CONTRIBUTING works: one file, and one line in the registry."""

import re
import textwrap

from lib.actions import registry
from lib.actions.model import SavedAction
from lib.forms.schema_fields import convert_answers_to_parameters
from tests.actions.conftest import customer_id_of, insert_saved_action, new_key
from tests.database.factories import fetch_value
from tests.support.server import REPOSITORY


def load_documented_handler():
    """The code block of the document, run as a module."""
    page = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^ *```python\n(.*?)^ *```", page, flags=re.DOTALL | re.MULTILINE)
    module: dict[str, object] = {}
    exec(textwrap.dedent(block), module)
    return module["RemindHandler"]()


def test_handler_of_the_documentation_is_offered_asks_and_runs(team, services, run, sql, monkeypatch):
    remind = load_documented_handler()
    monkeypatch.setattr("lib.actions.service.HANDLERS", {**registry.HANDLERS, remind.kind: remind})
    monkeypatch.setattr("lib.actions.registry.HANDLERS", {**registry.HANDLERS, remind.kind: remind})
    there, made = services(team.csm), insert_saved_action(team, remind.kind, name="Remind me")
    action: SavedAction = next(each for each in there.actions.fetch_available_actions() if each.id == made)
    assert [field.label for field in there.actions.build_action_form(action).fields] == ["What to remember", "In days"]
    answers = {"what": "Call {customer}", "in_days": 3}
    parameters = convert_answers_to_parameters(remind.Parameters, answers)
    done = there.actions.run_action(action, run, parameters, key=new_key())
    assert done.summary == "Asked Alice Moreau to follow up."
    due = "select due_on - current_date from follow_ups where customer_id = %s and title = 'Call Acme'"
    assert fetch_value(sql, due, customer_id_of(sql, run)) in (2, 3, 4)
