"""Vectors of what customers' records say, computed after they were written."""

import logging
from typing import Any

from lib.chat.record_passages import split_into_passages
from lib.db.client import Client
from lib.db.query_execution import execute_read, execute_write
from lib.llm.text_embedder import TextEmbedder
from lib.text.truncate import single_line, strip_invisible

log = logging.getLogger(__name__)

SPLIT_SOURCES = ("note", "answer")
"""Sources whose long texts are passages of their own; `lib.chat.record_passages` splits them the same way."""
MAX_PARTS = 40


def embed_next_records(client: Client, embedder: TextEmbedder, most: int) -> bool:
    """Embed at most `most` records that have no vector of this model for what they say. Two requests.

    Returns True if there may be more. Two workers at once do it twice and store the same. Raises Unavailable.
    """
    arguments = {"p_model": embedder.name, "p_most": most}
    records = execute_read(client.rpc("list_unembedded_records", arguments))
    if not records:
        return False
    embedded = [embed_record(record, embedder) for record in records]
    stored = int(execute_write(client.rpc("store_passage_vectors", {"p_model": embedder.name, "p_records": embedded})))
    log.info("%d passages of %d records embedded", stored, len(records))
    return stored > 0 and len(records) == most


def embed_record(record: dict[str, Any], embedder: TextEmbedder) -> dict[str, Any]:
    """A record with the vectors of its passages, in order."""
    body = strip_invisible(record["body"])
    parts = [*split_into_passages(body)][:MAX_PARTS] if record["source"] in SPLIT_SOURCES else [single_line(body)]
    vectors = embedder.embed_passages(parts or [body])
    return {"record_id": record["record_id"], "body": record["body"], "vectors": [list(vector) for vector in vectors]}
