"""A dlt destination that is Zen: each table a pipeline loads is brought in as a file, by a mapping of its name.

    python docs/recipes/dlt_to_zen.py --company ID            (cron; needs SUPABASE_URL and SUPABASE_SECRET_KEY)

Replace `make_source` by the source you have: `dlt init salesforce duckdb`, `hubspot` or `zendesk` writes one.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import dlt
from dlt.sources.filesystem import filesystem, read_csv

from lib.imports.__main__ import main as run_import

MAX_ROWS = 200_000  # of one file, as on the page Import


def make_destination(company_id: str) -> Any:
    """A destination for `dlt.pipeline`. The table `contacts` is brought in by the saved mapping "contacts"."""

    @dlt.destination(
        name="zen", batch_size=MAX_ROWS, max_table_nesting=0, skip_dlt_columns_and_tables=True,
        loader_parallelism_strategy="sequential",
    )  # fmt: skip
    def zen(items: list[dict[str, Any]], table: dict[str, Any]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"{table['name']}.jsonl"
            lines = (json.dumps(item, default=str, ensure_ascii=False) for item in items)
            path.write_text("\n".join(lines), encoding="utf-8")
            # 2: some rows were refused; they stand on the page Import with the reason, the others are in.
            if run_import([str(path), "--company", company_id, "--mapping", table["name"]]) not in (0, 2):
                raise RuntimeError(f"{table['name']} was not brought in")

    return zen()


def make_source(folder: str) -> Any:
    """Companies as CSV files of a folder. `filesystem` reads s3://, gs:// and sftp:// as well."""
    files = filesystem(bucket_url=Path(folder).resolve().as_uri(), file_glob="companies*.csv")
    return (files | read_csv(dtype=str, keep_default_na=False)).with_name("companies")


def run_pipeline(source: Any, company_id: str, *, state: str | None = None) -> None:
    """Load a source. `state` is the folder where dlt remembers how far it was."""
    pipeline = dlt.pipeline("zen", destination=make_destination(company_id), pipelines_dir=state)
    pipeline.run(source).raise_on_failed_jobs()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Bring CSV files of a folder into Zen with dlt.")
    parser.add_argument("--company", required=True, metavar="ID")
    parser.add_argument("--folder", default=".", metavar="FOLDER")
    options = parser.parse_args()
    sys.exit(run_pipeline(make_source(options.folder), options.company))
