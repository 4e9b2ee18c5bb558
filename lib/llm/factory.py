from functools import lru_cache

from lib.llm.model import Model, Patience
from lib.llm.rules.assistant import RulesModel
from lib.settings import ModelApi, ModelSettings


@lru_cache(maxsize=8)
def model_for(settings: ModelSettings, patience: Patience | None = None) -> Model:
    """The model `settings` name; the built-in assistant when they name none. One connection pool a process."""
    if not settings.has_model:
        return RulesModel()
    # openai costs memory and a second to import: only who has a model pays for it, and before the first question.
    from lib.llm.completions import CompletionsModel
    from lib.llm.openai_door import client_for
    from lib.llm.responses import ResponsesModel

    waits = patience or Patience(silence=settings.silence)
    client = client_for(settings, waits)
    kind = ResponsesModel if settings.api is ModelApi.RESPONSES else CompletionsModel
    return kind(client=client, name=settings.model, label=settings.model, patience=waits)
