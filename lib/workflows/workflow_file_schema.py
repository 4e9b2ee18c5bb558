"""The published JSON Schema of workflow files."""

import json
from pathlib import Path

from lib.workflows.workflow_file import WorkflowFile

SCHEMA_FILE = Path(__file__).parents[2] / "docs" / "workflow-file.schema.json"


def build_file_schema_json() -> str:
    """The schema as the text of its file."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **WorkflowFile.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
