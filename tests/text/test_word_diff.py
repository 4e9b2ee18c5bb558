import time

from hypothesis import given
from hypothesis import strategies as st

from lib.text.word_diff import WordChange, diff_words

TEXTS = st.text(st.sampled_from("ab .\n"), max_size=40)


def spell(before: str, after: str) -> str:
    marks = {WordChange.SAME: "{}", WordChange.REMOVED: "[-{}-]", WordChange.ADDED: "[+{}+]"}
    return "".join(marks[run.change].format(run.text) for run in diff_words(before, after))


@given(TEXTS, TEXTS)
def test_runs_add_up_to_both_texts(before, after):
    runs = diff_words(before, after)
    assert "".join(run.text for run in runs if run.change is not WordChange.ADDED) == before
    assert "".join(run.text for run in runs if run.change is not WordChange.REMOVED) == after
    assert all(run.text for run in runs)


def test_only_the_words_that_differ_are_marked():
    assert spell("Read the figures first.", "Read all figures first.") == "Read [-the-][+all+] figures first."
    assert spell("One\nTwo", "One\nTwo\nThree") == "One\nTwo[+\nThree+]"
    assert spell("Send the old text now", "Send a new text now") == "Send [-the old-][+a new+] text now"
    assert spell("Same", "Same") == "Same"


def test_a_placeholder_is_one_word():
    before, after = "It ends on {{ contract.end_date }}, they say.", "It ends on {{ contract.renewal_date }}, they say."
    assert spell(before, after) == ("It ends on [-{{ contract.end_date }}-][+{{ contract.renewal_date }}+], they say.")


def test_a_passage_written_anew_is_shown_as_a_whole():
    before, after = "Read the figures before you form a view.", "Look for the one result they would name."
    assert spell(before, after) == f"[-{before}-][+{after}+]"
    assert spell("Hello", "Hello, and what would you like to talk about?").startswith("Hello[+, and")


def test_ten_thousand_characters_of_other_words_are_compared_within_a_second():
    before, after = "alpha beta " * 900, "beta gamma alpha " * 600
    started = time.perf_counter()
    assert diff_words(before, after)
    assert time.perf_counter() - started < 1.0


def test_thousands_of_equal_lines_are_compared_within_a_second():
    before, after = "\n" * 9000, "a\nb\n" * 5000
    started = time.perf_counter()
    assert "".join(run.text for run in diff_words(before, "\n" + after) if run.change is WordChange.REMOVED)
    assert diff_words(after, after + "\n")
    assert [run.change for run in diff_words(before, before)] == [WordChange.SAME]
    assert time.perf_counter() - started < 1.0
