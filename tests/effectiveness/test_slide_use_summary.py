from dataclasses import replace

from lib.effectiveness.service import EffectivenessService
from lib.effectiveness.slide_use_summary import summarize_slide_use
from tests.effectiveness.factories import make_counts, make_effectiveness, make_slide, make_version


def test_a_slide_says_how_often_it_was_skipped_and_mostly_why():
    slides = (
        make_slide(version=2, reached=6, skipped=4, stopped=2, reasons=make_counts(no_data=1, not_relevant=3)),
        make_slide(version=1, reached=5, skipped=4, reasons=make_counts(not_relevant=4)),
    )
    summary = summarize_slide_use(make_effectiveness(make_version(2), make_version(1), slides=slides))["greeting"]
    assert summary.text == "Skipped in 8 of 11 runs, mostly “does not apply here”."
    assert replace(summary, skipped=1).text == "Skipped in 1 of 11 runs: “does not apply here”."
    assert (
        summary.certainty
        == "Skipped: 8 of 11 (43–90%). Stopped here: 2. Fewer than 20 runs: too few to draw conclusions."
    )


def test_a_slide_nobody_skipped_has_no_reason():
    found = make_effectiveness(make_version(), slides=(make_slide(reached=30),))
    summary = summarize_slide_use(found)["greeting"]
    assert (summary.text, summary.certainty) == ("None of 30 runs skipped it.", "Skipped: 0 of 30 (0–11%).")


def test_a_slide_no_run_came_to_says_so():
    found = make_effectiveness(make_version(), slides=(make_slide(),))
    assert summarize_slide_use(found)["greeting"].text == "No run has come here yet."


def test_the_service_gives_the_builder_a_summary_for_each_slide():
    class Repository:
        def fetch_effectiveness(self, definition_id):
            assert definition_id == "d"
            return make_effectiveness(make_version(), slides=(make_slide(reached=3, skipped=1),))

    assert EffectivenessService(Repository()).fetch_slide_use("d")["greeting"].skipped == 1  # type: ignore[arg-type]
