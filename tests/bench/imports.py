"""Seconds of processor time and peak memory of reading, recognising and parsing files.

`python -m tests.bench.imports` writes its files to a temporary folder and reads each in a process of its own. The
limits: 5,000 rows in 1 s, and 300 MB for a CSV of 50 MB.
"""

import argparse
import csv
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from xlsxwriter import Workbook

from lib.imports.column_profile import profile_table
from lib.imports.column_recognition import recognize_table
from lib.imports.file_reader import read_file_table
from lib.imports.record_parser import RecordParser
from tests.support.server import REPOSITORY

HEADERS = [
    "Customer ID",
    "Company",
    "Domain",
    "CSM email",
    "Industry",
    "Country",
    "Segment",
    "Customer since",
    "Summary",
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measure", type=Path)
    measured = parser.parse_args().measure
    if measured:
        print(json.dumps(measure(measured)))
        return
    with tempfile.TemporaryDirectory() as folder:
        for file in write_files(Path(folder)):
            command = [sys.executable, "-m", "tests.bench.imports", "--measure", str(file)]
            found = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True)
            print(f"{file.name:24} {file.stat().st_size / 1e6:6.1f} MB  {found.stdout.strip()}")


def measure(file: Path) -> dict[str, float | int]:
    # Not on Windows, so not at the top: pytest imports every module.
    import resource

    started = time.process_time()
    with file.open("rb") as content:
        table = read_file_table(content, file.name)
        mapping = recognize_table(profile_table(table)).mapping
        parser = RecordParser(mapping)
        refused = rows = 0
        for _, cells in table.rows:
            rows += 1
            refused += bool(parser.parse_record(cells).problems)
    return {
        "rows": rows,
        "refused": refused,
        "seconds": round(time.process_time() - started, 2),
        "peak MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "peak MB of the workbook's process": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024),
    }


def write_files(folder: Path) -> Iterator[Path]:
    yield write_csv(folder / "customers_5000.csv", rows=5_000, filler=20)
    yield write_csv(folder / "customers_200000.csv", rows=200_000, filler=20)
    yield write_csv(folder / "notes_50mb.csv", rows=50_000, filler=880)
    yield write_workbook(folder / "customers_5000.xlsx", rows=5_000)
    yield write_workbook(folder / "customers_100000.xlsx", rows=100_000)


def write_csv(path: Path, *, rows: int, filler: int) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADERS)
        writer.writerows(make_rows(rows, filler))
    return path


def write_workbook(path: Path, *, rows: int) -> Path:
    with Workbook(str(path), {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, HEADERS)
        for number, row in enumerate(make_rows(rows, 20), 1):
            sheet.write_row(number, 0, row)
    return path


def make_rows(count: int, filler: int) -> Iterator[list[str]]:
    numbers = random.Random(1)
    for number in range(count):
        yield [
            f"C-{number}",
            f"Customer {number} GmbH",
            f"customer{number}.example",
            f"csm{number % 40}@yourcompany.example",
            "Logistics",
            "Norway",
            numbers.choice(["SMB", "Mid-Market", "Enterprise"]),
            f"{numbers.randint(1, 28):02}/{numbers.randint(1, 12):02}/{numbers.randint(2010, 2025)}",
            f"Plans routes, {'x' * filler}, number {number}",
        ]


if __name__ == "__main__":
    main()
