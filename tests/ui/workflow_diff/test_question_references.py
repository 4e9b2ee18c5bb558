from lib.ui.workflow_diff.diff_html import build_workflow_diff_html
from lib.ui.workflow_diff.field_labels_and_values import list_slide_titles
from lib.ui.workflow_diff.merge_html import build_merge_change_html
from lib.ui.workflow_diff.question_references import (
    list_question_labels,
    name_questions_of_diff,
    name_questions_of_merge,
)
from lib.workflows.workflow_diff import diff_workflow_contents
from lib.workflows.workflow_merge import MergeChange

AUDITOR = {"key": "own_auditor", "kind": "text", "label": "Who audits them?"}


def content(lead="", shown_when=None, branches=(), questions=(AUDITOR,)):
    summary = {"lead": lead} | ({"shown_when": shown_when} if shown_when else {})
    return {
        "name": "Renewal", "description": "", "category": "renewal", "slide_sequence": ["greeting", "summary"],
        "slide_contexts": {"greeting": {"questions": list(questions)}, "summary": summary},
        "chat_branches": {"summary": list(branches)} if branches else {},
    }  # fmt: skip


def read(before, after):
    diff = name_questions_of_diff(diff_workflow_contents(before, after), list_question_labels(before, after))
    return str(build_workflow_diff_html(diff, list_slide_titles(before, after)))


def test_a_text_names_the_question_whose_answer_it_shows():
    seen = read(content(), content("Ask {{ answer.own_auditor }} first."))
    assert "[Who audits them?]" in seen
    assert "own" not in seen


def test_a_branch_names_the_question_whose_answer_it_shows():
    branch = {"branch_key": "a", "branch_type": "fixed", "label": "Audit", "response_text": "{{ answer.own_auditor }}"}
    assert "[Who audits them?]" in read(content(), content(branches=[branch]))


def test_a_condition_names_the_question_it_looks_at():
    test = {"fact": "answer", "slide": "greeting", "key": "own_auditor", "comparison": "is", "value": "Nobody"}
    seen = read(content(), content(shown_when={"all": [test]}))
    assert "Who audits them?" in seen
    assert "auditor" not in seen


def test_a_reworded_question_is_no_change_of_the_texts_that_show_it():
    reworded = [AUDITOR | {"label": "Auditor"}]
    text = "Ask {{ answer.own_auditor }}."
    seen = read(content(text), content(text, questions=reworded))
    assert "Ask" not in seen


def test_a_question_nobody_asks_stays_as_it_is_written():
    seen = read(content(questions=()), content("Ask {{ answer.own_auditor }}.", questions=()))
    assert "auditor" in seen


def test_a_merge_names_the_questions_of_each_side():
    change = MergeChange(
        path=("slides", "summary", "fields", "lead"), base="", ours="{{ answer.own_auditor }}", theirs="None"
    )
    named = name_questions_of_merge(change, list_question_labels(content()))
    seen = str(build_merge_change_html(named, ours="Ours", theirs="Theirs", titles={}))
    assert "[Who audits them?]" in seen
