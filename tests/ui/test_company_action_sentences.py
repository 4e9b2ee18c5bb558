import pytest

from lib.ui.actions import company_action_sentences

PEOPLE = {"0f5a2a4e-0000-4000-8000-000000000001": "Mara Lindqvist"}


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (
            {"do": "set_field", "field": "competitor", "value": "{words}"},
            "Sets the customer's competitor to “[answer to the question]”.",
        ),
        ({"do": "set_field", "field": "summary"}, "Clears the customer's summary."),
        ({"do": "set_field"}, "Sets a customer field: choose a field."),
        ({"do": "add_note", "body": "They said no."}, "Adds a note: “They said no.”"),
        (
            {"do": "follow_up", "title": "Call", "in_days": 1, "person": "me"},
            "Creates a follow-up for you in 1 day: “Call”.",
        ),
        (
            {"do": "follow_up", "title": "Call", "in_days": 0},
            "Creates a follow-up for the customer's owner the same day: “Call”.",
        ),
        ({"do": "start_workflow", "workflow_id": "standard-renewal"}, "Starts the workflow “Standard renewal”."),
        ({"do": "notify", "person": next(iter(PEOPLE)), "message": "New"}, "Notifies Mara Lindqvist: “New”."),
        ({"do": "notify", "person": "gone", "message": "New"}, "Notifies a colleague: “New”."),
        (
            {"do": "add_note", "body": "{person} called {customer} on {today} about {other}"},
            "Adds a note: “[whoever runs it] called [customer] on [date] about [other]”.",
        ),
        ({"do": "explode"}, "Does something this version of Zen does not support: explode."),
    ],
)
def test_a_step_is_a_sentence(step, said):
    assert company_action_sentences.describe_step(step, PEOPLE) == said


def test_parameters_of_any_shape_have_no_steps_rather_than_a_fault():
    for parameters in ({}, {"steps": None}, {"steps": "x"}, {"steps": [1, None]}):
        assert company_action_sentences.describe_steps(parameters) == ()
