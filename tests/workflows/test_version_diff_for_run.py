from hypothesis import given
from hypothesis import strategies as st

from lib.workflows.version_diff_for_run import diff_versions_for_run
from tests.workflows.factories import make_version

A, B, C, D = "greeting", "review-account", "contract-terms", "summary"
SLIDES = st.lists(st.sampled_from([A, B, C, D, "set-goals", "growth-plan"]), min_size=1, unique=True)


def move(before, after, answered=(), **given):
    old = make_version(slide_sequence=tuple(before), version=1, slide_contexts=given.get("old", {}))
    new = make_version(
        slide_sequence=tuple(after), version=2, slide_contexts=given.get("new", {}), note=given.get("note")
    )
    return diff_versions_for_run(old, new, set(answered))


def test_the_same_slides_change_nothing():
    found = move((A, B, D), (A, B, D), answered={A})
    assert not found.has_slide_changes
    assert (found.kept_answers, found.set_aside_answers) == ((A,), ())


def test_added_removed_and_what_becomes_of_answers_is_named():
    found = move((A, B, D), (A, C, D), answered={A, B}, note="Terms instead of a review")
    assert (found.added, found.removed, found.reordered) == ((C,), (B,), ())
    assert (found.kept_answers, found.set_aside_answers) == ((A,), (B,))
    assert (found.from_version, found.to_version, found.note) == (1, 2, "Terms instead of a review")


def test_only_the_slide_that_was_picked_up_counts_as_moved():
    assert move((A, B, C, D), (A, C, D, B)).reordered == (B,)


def test_a_slide_with_other_words_is_reworded_and_one_that_lost_its_own_too():
    found = move((A, B, D), (A, B, D), old={A: {"title": "Hello"}}, new={B: {"title": "Look"}})
    assert found.reworded == (A, B)


@given(before=SLIDES, after=SLIDES, data=st.data())
def test_every_slide_and_every_answer_is_accounted_for(before, after, data):
    answered = set(data.draw(st.lists(st.sampled_from(before))))
    found = move(before, after, answered)
    assert set(before) - set(found.removed) | set(found.added) == set(after)
    assert set(found.kept_answers) | set(found.set_aside_answers) == answered
    stays = [slide for slide in after if slide in before and slide not in found.reordered]
    assert stays == [slide for slide in before if slide in stays]
