from functools import lru_cache

from lib.llm.language_model import LanguageModel, Timeouts
from lib.llm.model_settings import ModelApi, ModelSettings
from lib.llm.rule_based.assistant import RuleBasedModel

KEEP_ALIVE_FACTOR = 5
"""A server that only says it is alive is waited for so many times as long as a silent one."""


@lru_cache(maxsize=8)
def create_language_model(settings: ModelSettings, timeouts: Timeouts | None = None) -> LanguageModel:
    """The model in `settings`, or the built-in assistant. One connection pool per process."""
    if not settings.has_model:
        return RuleBasedModel()
    # Importing openai takes a second and memory: only with a model, and before the first question.
    from lib.llm.chat_completions_api import ChatCompletionsModel
    from lib.llm.openai_client import create_openai_client
    from lib.llm.responses_api import ResponsesModel

    waits = timeouts or Timeouts(silence=settings.silence, keep_alive=KEEP_ALIVE_FACTOR * settings.silence)
    client = create_openai_client(settings, waits)
    kind = ResponsesModel if settings.api is ModelApi.RESPONSES else ChatCompletionsModel
    return kind(client=client, name=settings.model, label=settings.model, timeouts=waits)
