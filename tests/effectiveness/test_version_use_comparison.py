from lib.effectiveness.version_use_comparison import NO_DIFFERENCE, NOT_COMPARED, TOO_FEW, compare_versions
from tests.effectiveness.factories import ARR, make_counts, make_effectiveness, make_version


def compare(first, second):
    found = make_effectiveness(first, second)
    return {each.label: each for each in compare_versions(found, first, second)}


def completed(number, done, ended):
    return make_version(number, started=ended, completed=done, abandoned=ended - done)


def test_fewer_than_twenty_runs_carry_no_claim():
    figure = compare(completed(2, 19, 19), completed(1, 0, 40))["Completed, of those ended"]
    assert (figure.first, figure.verdict) == ("19 of 19 (83–100%)", TOO_FEW)


def test_a_difference_within_its_interval_is_none():
    assert compare(completed(2, 15, 20), completed(1, 10, 20))["Completed, of those ended"].verdict == NO_DIFFERENCE


def test_a_difference_is_stated_with_its_interval():
    found = compare(completed(2, 56, 70), completed(1, 48, 80))
    assert found["Completed, of those ended"].verdict == "5 to 33 points higher"
    found = compare(completed(2, 48, 80), completed(1, 56, 70))
    assert found["Completed, of those ended"].verdict == "5 to 33 points lower"


def test_medians_and_arr_are_shown_and_not_judged():
    found = compare(make_version(2, **ARR), make_version(1))
    assert found["Retained ARR"].first == "$90,000 of $100,000 (90%)"
    assert found["Retained ARR"].second == "none known"
    assert {found[label].verdict for label in ("Retained ARR", "Median days to completion")} == {NOT_COMPARED}


def test_every_outcome_of_either_version_is_compared():
    first = make_version(2, completed=30, outcomes=make_counts(renewed=30))
    second = make_version(1, completed=40, outcomes=make_counts(churned=40))
    found = compare(first, second)
    assert found["Renewed, of those completed"].second == "0 of 40 (0–9%)"
    assert "higher" in found["Renewed, of those completed"].verdict
    assert "lower" in found["Churned, of those completed"].verdict
