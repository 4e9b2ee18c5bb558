"""What became of a workflow's runs, as the signed-in person may see them."""

from collections.abc import Mapping

from lib.effectiveness.model import Effectiveness
from lib.effectiveness.repository import EffectivenessRepository
from lib.effectiveness.slide_use_summary import SlideUseSummary, summarize_slide_use


class EffectivenessService:
    """Counts of the runs that the person whose client the repository has may see."""

    def __init__(self, repository: EffectivenessRepository) -> None:
        self._repository = repository

    def fetch_effectiveness(self, definition_id: str) -> Effectiveness:
        """All versions and slides of a definition. Raises NotFound. One request."""
        return self._repository.fetch_effectiveness(definition_id)

    def fetch_slide_use(self, definition_id: str) -> Mapping[str, SlideUseSummary]:
        """What runs of all versions did with each slide, by its address. Raises NotFound. One request."""
        return summarize_slide_use(self._repository.fetch_effectiveness(definition_id))
