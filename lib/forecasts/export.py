"""The forecast as a file: every renewal of a view with its three calls."""

from collections.abc import Callable, Sequence

from lib.content.model import Cell, ColumnKind
from lib.customers.model import HEALTH_BAND_LABELS, SEGMENT_LABELS
from lib.files.dated_export import DAY_KINDS, DAY_LABELS, list_day_cells
from lib.files.spreadsheet_writer import Sheet, SheetRow, build_csv, build_xlsx
from lib.forecasts.forecast_call_evidence import describe_unmet_evidence
from lib.forecasts.model import CATEGORY_LABELS, OUTCOME_LABELS, ForecastRow, ForecastView
from lib.forecasts.repository import ForecastRepository

ForecastField = tuple[str, ColumnKind, Callable[[ForecastRow], Cell]]

FORECAST_FIELDS: Sequence[ForecastField] = (
    ("Customer", ColumnKind.TEXT, lambda row: row.customer_name),
    ("Owner", ColumnKind.TEXT, lambda row: row.owner_name),
    ("Segment", ColumnKind.TEXT, lambda row: SEGMENT_LABELS.get(row.segment, row.segment)),
    ("Renewal date", ColumnKind.DATE, lambda row: row.renews_on),
    ("First day of its quarter", ColumnKind.DATE, lambda row: row.quarter_on),
    ("ARR", ColumnKind.MONEY, lambda row: row.arr),
    ("Health", ColumnKind.TEXT, lambda row: HEALTH_BAND_LABELS[row.band] if row.band else None),
    ("Outcome", ColumnKind.TEXT, lambda row: OUTCOME_LABELS[row.outcome] if row.outcome else None),
    ("Decided on", ColumnKind.DATE, lambda row: row.decided_on),
    ("Share that renews (%)", ColumnKind.PERCENT, lambda row: row.share * 100),
    ("Closed renewals like it", ColumnKind.NUMBER, lambda row: row.share_n),
    ("Computed", ColumnKind.MONEY, lambda row: row.computed),
    ("CSM's category", ColumnKind.TEXT, lambda row: CATEGORY_LABELS[row.csm_category] if row.csm_category else None),
    ("CSM's call", ColumnKind.MONEY, lambda row: row.csm),
    ("CSM's call lacks", ColumnKind.TEXT, lambda row: ", ".join(describe_unmet_evidence(row.csm_unmet))),
    (
        "Manager's category",
        ColumnKind.TEXT,
        lambda row: CATEGORY_LABELS[row.leader_category] if row.leader_category else None,
    ),
    ("Manager's call", ColumnKind.MONEY, lambda row: row.leader),
    ("Manager's call lacks", ColumnKind.TEXT, lambda row: ", ".join(describe_unmet_evidence(row.leader_unmet))),
)


FILE_LABELS = (*(label for label, _, _ in FORECAST_FIELDS), *DAY_LABELS)


def export_forecast_csv(forecasts: ForecastRepository, view: ForecastView, time_zone: str) -> bytes:
    """All renewals of a view as CSV, with today and the time zone. A request per 1,000 rows."""
    return build_csv([FILE_LABELS, *_build_forecast_cells(forecasts.fetch_all_forecast_rows(view), time_zone)])


def export_forecast_xlsx(forecasts: ForecastRepository, view: ForecastView, time_zone: str) -> bytes:
    """All renewals of a view as a workbook, with today and the time zone. A request per 1,000 rows."""
    kinds = (*(kind for _, kind, _ in FORECAST_FIELDS), *DAY_KINDS)
    head = SheetRow(cells=FILE_LABELS, is_bold=True)
    cells_of_rows = _build_forecast_cells(forecasts.fetch_all_forecast_rows(view), time_zone)
    rows = (SheetRow(cells=cells, kinds=kinds) for cells in cells_of_rows)
    widths = tuple(30 if kind is ColumnKind.TEXT else 16 for kind in kinds)
    return build_xlsx(Sheet(name="Forecast", rows=(head, *rows), widths=widths, frozen_rows=1))


def _build_forecast_cells(rows: Sequence[ForecastRow], time_zone: str) -> list[tuple[Cell, ...]]:
    day = list_day_cells(time_zone)
    return [(*(read(row) for _, _, read in FORECAST_FIELDS), *day) for row in rows]
