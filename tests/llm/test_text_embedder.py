"""Vectors of a server's model: what is sent, what is taken, and what is left to words."""

import json
import math

import pytest

from lib.llm.model_settings import ModelSettings
from lib.llm.text_embedder import (
    MAX_TEXT_LENGTH,
    EmbeddingSettings,
    ServerEmbedder,
    compute_cosine,
    create_text_embedder,
    embed_question,
)
from tests.support.model_server import ModelServer, ScriptedRefusal, ScriptedWire, build_embeddings


@pytest.fixture
def embedder(server: ModelServer) -> ServerEmbedder:
    models = ModelSettings(base_url=server.url, api_key="key-of-zen", model="small")
    made = create_text_embedder(EmbeddingSettings(ZEN_EMBEDDING_MODEL="letters", ZEN_EMBEDDING_SIMILARITY=0.7), models)
    assert isinstance(made, ServerEmbedder)
    return made


def answer(*rows: object) -> ScriptedWire:
    listed = [{"object": "embedding", "index": place, "embedding": row} for place, row in enumerate(rows)]
    body = json.dumps({"object": "list", "data": listed, "model": "letters"})
    return ScriptedWire((body.encode(),), content_type="application/json")


def test_texts_are_sent_in_one_request_and_their_vectors_come_in_order(server, embedder):
    vectors = embedder.embed_passages(["aab", "ccd" + "e" * MAX_TEXT_LENGTH])
    (asked,) = server.requests
    assert (asked.path, asked.key) == ("/v1/embeddings", "key-of-zen")
    texts = ["aab", ("ccd" + "e" * MAX_TEXT_LENGTH)[:MAX_TEXT_LENGTH]]
    assert asked.body == {"model": "letters", "input": texts, "encoding_format": "float"}
    assert [math.dist(vector, [0.0] * len(vector)) for vector in vectors] == pytest.approx([1, 1])
    assert vectors[0][:2] == pytest.approx((2 / math.sqrt(5), 1 / math.sqrt(5)))
    assert compute_cosine(vectors[0], vectors[1]) == 0


def test_each_question_is_asked_with_the_same_client(server, embedder):
    assert embedder.embed_question("renewal") == embed_question(embedder, "renewal")
    assert [request.body["input"] for request in server.requests] == [["renewal"], ["renewal"]]


@pytest.mark.parametrize(
    "step",
    [
        ScriptedRefusal(404, "model_not_found"),
        ScriptedRefusal(401, "invalid_api_key"),
        ScriptedRefusal(500, "error"),
        ScriptedWire((b"<html>Sign in</html>",), content_type="text/html"),
        ScriptedWire((b'{"object": "list"',), content_type="application/json"),
        ScriptedWire((b'{"error": {"message": "busy"}}',), content_type="application/json"),
        answer(),
        answer([1.0, 0.0], [0.0, 1.0]),
        answer([]),
        answer([0.0, 0.0]),
        answer([float("inf"), 1.0]),
        answer(["a", "b"]),
        answer("AAAA"),
        answer(None),
    ],
)
def test_what_is_no_vector_leaves_the_question_to_words(server, embedder, step):
    server.script(step)
    assert embed_question(embedder, "Who signs?") is None
    server.script(build_embeddings({"model": "letters", "input": ["Who signs?"]}))
    assert embed_question(embedder, "Who signs?") is not None
