"""Company actions: leaders make, change, archive and hide them; what they may hold."""

import pytest

from lib.actions.company_action_validation import validate_company_action_content
from lib.actions.model import ActionKind
from lib.errors import Conflict, NotFound, NotPermitted
from lib.forms.schema_errors import ValidationFailed
from tests.actions.conftest import create_company_action, find_global_action, insert_saved_action, new_key

NOTE = {"do": "add_note", "body": "Noted."}


@pytest.fixture
def leader(team, services):
    return services(team.manager)


@pytest.fixture
def csm(team, services):
    return services(team.csm)


def offered(there):
    return {action.id for action in there.actions.fetch_available_actions()}


def test_action_of_a_leader_is_offered_to_their_company_only(leader, csm, strangers, services):
    made = create_company_action(leader, NOTE, description="Notes it.", needs_leader=True)
    assert (made.kind, made.is_global, made.needs_leader, made.revision) == (ActionKind.COMPANY_ACTION, False, True, 1)
    assert made.id in offered(csm)
    there = services(strangers.admin)
    assert made.id not in {action.id for action in there.actions.fetch_all_actions()}
    with pytest.raises(NotFound):
        there.actions.update_action(made, {"name": "Mine"})


def test_errors_name_their_field():
    wrong = {"name": "", "parameters": {"steps": [NOTE, {"do": "add_note", "body": ""}]}}
    with pytest.raises(ValidationFailed) as refused:
        validate_company_action_content("custom", wrong)
    assert refused.value.field_of_message["Step 2: “Note” needs an answer."] == "steps.1.body"
    assert "name" in refused.value.field_of_message.values()


def test_csm_cannot_create_or_change_actions(leader, csm):
    made = create_company_action(leader, NOTE)
    for change in (
        lambda: csm.actions.create_action("custom", "Mine", {"parameters": {"steps": [NOTE]}}),
        lambda: csm.actions.update_action(made, {"name": "Mine"}),
        lambda: csm.actions.archive_action(made),
        lambda: csm.actions.hide_action(find_global_action(csm, "skip")),
        lambda: csm.actions.unhide_action(find_global_action(csm, "skip")),
    ):
        with pytest.raises(NotPermitted):
            change()
    assert made.id in offered(csm)


def test_the_database_refuses_a_csm_as_well(team, leader):
    made = create_company_action(leader, NOTE)
    table = team.csm.client.table("saved_actions")
    assert table.update({"name": "Mine"}).eq("id", made.id).execute().data == []


def test_second_change_of_a_stale_action_is_a_conflict_with_the_current_one(leader):
    made = create_company_action(leader, NOTE)
    changed = leader.actions.update_action(made, {"description": "Better."})
    assert (changed.description, changed.revision, changed.name) == ("Better.", 2, made.name)
    with pytest.raises(Conflict) as caught:
        leader.actions.update_action(made, {"description": "Mine."})
    assert caught.value.detail == changed


def test_a_name_is_taken_once(leader):
    made = create_company_action(leader, NOTE)
    with pytest.raises(Conflict):
        leader.actions.create_action("custom", made.name, {"parameters": {"steps": [NOTE]}})


def test_archived_action_is_not_offered_until_it_is_restored(leader, csm):
    made = create_company_action(leader, NOTE)
    archived = leader.actions.archive_action(made)
    assert made.id not in offered(csm)
    assert archived.archived_at
    assert made.id in {action.id for action in csm.actions.fetch_all_actions()}
    leader.actions.restore_action(archived)
    assert made.id in offered(csm)


def test_a_global_action_can_be_hidden_and_shown_but_not_changed(new_company, services):
    house = new_company()
    there = services(house.admin)
    skip = find_global_action(there, "skip")
    for _ in range(2):
        there.actions.hide_action(skip)
    assert skip.id not in offered(services(house.csm))
    assert next(action for action in there.actions.fetch_all_actions() if action.id == skip.id).is_hidden
    for _ in range(2):
        there.actions.unhide_action(skip)
    assert skip.id in offered(services(house.csm))
    with pytest.raises(NotPermitted, match="the same for everyone"):
        there.actions.update_action(skip, {"name": "Mine"})


def test_action_hidden_in_one_company_is_offered_in_another(new_company, team, services):
    there = services(new_company().admin)
    there.actions.hide_action(find_global_action(there, "snooze"))
    assert find_global_action(services(team.csm), "snooze")


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([], "An action has 1 to 10 steps."),
        ([NOTE] * 11, "An action has 1 to 10 steps."),
        ([{"do": "delete_customer"}], "Step 1: Choose a step from the list."),
        ([NOTE, {"do": "add_note", "body": " "}], "Step 2: “Note” needs an answer."),
        ([{"do": "set_field", "field": "owner_id", "value": "x"}], "Step 1: “Field” must be one of the choices."),
        ([{"do": "follow_up", "title": "Call", "in_days": 1000}], "Step 1: “Due in days” is above 999."),
        ([{"do": "notify", "message": "Hi", "person": "bob"}], "Step 1: “Recipient” must be one of the choices."),
        ([NOTE | {"by": "me"}], "Step 1: “by” is not something this asks for."),
        (
            [{"do": "add_note", "body": "{password}"}],
            "Step 1: {password} is not a placeholder. Use {customer}, {person}, {today} and {words}.",
        ),
        (
            [{"do": "add_note"}, {"do": "follow_up", "title": "", "in_days": -1}],
            "Step 1: “Note” needs an answer. Step 2: “Task” needs an answer. Step 2: “Due in days” is below 0.",
        ),
    ],
)
def test_invalid_steps_are_all_named(steps, said, leader):
    with pytest.raises(ValidationFailed) as caught:
        leader.actions.create_action("custom", f"Ours {new_key()}", {"parameters": {"steps": steps}})
    assert caught.value.message == said


def test_company_action_without_steps_is_refused(leader):
    with pytest.raises(ValidationFailed, match="1 to 10 steps"):
        leader.actions.create_action("custom", f"Ours {new_key()}")


@pytest.mark.parametrize(
    ("kind", "carried", "said"),
    [
        ("snooze", {"until": "2099-01-01"}, "“until” cannot be preset."),
        ("snooze", {"beyond_deadline": True}, "“beyond_deadline” cannot be preset."),
        ("snooze", {"signal": {"kind": "health_below", "value": 0}}, "“Health below” is below 1."),
        ("escalate", {"severity": "Dire!"}, "“Severity” must be one of the choices."),
        ("escalate", {"to": "bob"}, "“Assign to” cannot be read."),
        ("skip", {"reason": "Tired!"}, "“Why” must be one of the choices."),
    ],
)  # fmt: skip
def test_presets_must_fit_the_kind_of_action(kind, carried, said, leader):
    with pytest.raises(ValidationFailed) as caught:
        leader.actions.create_action(kind, f"Ours {new_key()}", {"parameters": carried})
    assert caught.value.message == said


def test_presets_may_be_a_part_of_the_parameters(leader):
    made = leader.actions.create_action("escalate", f"Price {new_key()}", {"parameters": {"severity": "high"}})
    assert made.parameters == {"severity": "high"}


@pytest.mark.parametrize(
    "content",
    [{"name": ""}, {"name": "x" * 201}, {"description": "x" * 1001}, {"kind": "skip"}, {"company_id": "x"},
     {"revision": 9}, {"parameters": []}, {"parameters": "x"}, {"needs_leader": "perhaps"}, {"archived_at": None}],
)  # fmt: skip
def test_other_fields_and_values_of_an_action_cannot_be_written(content, leader, team):
    made = create_company_action(leader, NOTE)
    with pytest.raises(ValidationFailed):
        leader.actions.update_action(made, content)


def test_an_action_of_an_unknown_kind_cannot_be_made_or_changed(leader, team):
    with pytest.raises(NotFound):
        leader.actions.create_action("dance", "Dance")
    odd = leader.actions.fetch_action(insert_saved_action(team, "dance"))
    with pytest.raises(NotFound):
        leader.actions.update_action(odd, {"name": "Dance"})
