import csv
import io

from lib.effectiveness.export import HEAD, export_effectiveness_csv
from tests.effectiveness.factories import ARR, make_counts, make_effectiveness, make_slide, make_version


def test_the_file_has_a_row_for_each_version_and_each_of_its_slides():
    version = make_version(2, started=9, completed=7, abandoned=2, outcomes=make_counts(renewed=7), **ARR)
    slide = make_slide("greeting", 2, reached=9, skipped=3, reasons=make_counts(no_data=3))
    made = export_effectiveness_csv(make_effectiveness(version, make_version(1), slides=(slide,)))
    head, first, second, third = csv.reader(io.StringIO(made.decode("utf-8-sig")))
    assert tuple(head) == HEAD
    assert {len(row) for row in (first, second, third)} == {len(HEAD)}
    row = dict(zip(HEAD, first, strict=True))
    assert (row["Completed"], row["Completed from (95%)"], row["Completed to (95%)"]) == ("7", "45", "94")
    assert (row["ARR before"], row["Outcomes"]) == ("100000", "Renewed: 7")
    row = dict(zip(HEAD, second, strict=True))
    assert (row["Slide"], row["Skipped"], row["Skip reasons"]) == ("greeting", "3", "No data for this: 3")
