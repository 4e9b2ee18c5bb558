"""What runs did with a slide, over all versions of its workflow, in a sentence."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from lib.effectiveness.model import LEAST_RUNS, Effectiveness
from lib.text.format import format_count
from lib.text.share_interval import format_share


@dataclass(frozen=True, kw_only=True)
class SlideUseSummary:
    """Runs of all versions that came to a slide, skipped it, stopped at it; `main_reason` is why most skipped it."""

    slide_id: str
    reached: int
    skipped: int
    stopped: int
    main_reason: str | None

    @property
    def text(self) -> str:
        """The one thing to know: "Skipped in 8 of 11 runs, mostly “not applicable”."."""
        runs = format_count(self.reached, "run")
        if not self.reached:
            return "No run has come here yet."
        if self.skipped:
            mostly = ", mostly" if self.skipped > 1 else ":"
            why = f"{mostly} “{self.main_reason}”" if self.main_reason else ""
            return f"Skipped in {self.skipped} of {runs}{why}."
        if self.stopped:
            return f"{self.stopped} of {runs} stopped here."
        return f"None of {runs} skipped it."

    @property
    def certainty(self) -> str:
        """ "Skipped: 8 of 11 (43–90%). Stopped here: 2. Fewer than 20 runs: too few to draw conclusions."."""
        stopped = f" Stopped here: {self.stopped}." if self.stopped else ""
        few = f" Fewer than {LEAST_RUNS} runs: too few to draw conclusions." if self.reached < LEAST_RUNS else ""
        return f"Skipped: {format_share(self.skipped, self.reached)}.{stopped}{few}"


def summarize_slide_use(found: Effectiveness) -> Mapping[str, SlideUseSummary]:
    """A summary for each slide (by its address) of the versions with runs."""
    summaries: dict[str, SlideUseSummary] = {}
    for slide_id in dict.fromkeys(slide.slide_id for slide in found.slides):
        uses = [slide for slide in found.slides if slide.slide_id == slide_id]
        reasons: Counter[str | None] = Counter()
        for use in uses:
            reasons.update({reason.code: reason.runs for reason in use.reasons})
        main = reasons.most_common(1)
        summaries[slide_id] = SlideUseSummary(
            slide_id=slide_id,
            reached=sum(use.reached for use in uses),
            skipped=sum(use.skipped for use in uses),
            stopped=sum(use.stopped for use in uses),
            main_reason=_lowercase_first_letter(found.label_reason(main[0][0])) if main else None,
        )
    return summaries


def _lowercase_first_letter(label: str) -> str:
    return label[:1].lower() + label[1:]
