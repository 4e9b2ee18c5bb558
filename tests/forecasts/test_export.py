"""The forecast as a file."""

from datetime import date
from decimal import Decimal
from io import BytesIO

from python_calamine import CalamineWorkbook

from lib.forecasts.export import FORECAST_FIELDS, export_forecast_csv, export_forecast_xlsx
from lib.forecasts.forecast_call_evidence import describe_unmet_evidence
from lib.forecasts.model import CallCategory, ForecastRow, ForecastView
from lib.forecasts.repository import ForecastRepository
from lib.text.local_time import today_in_zone

ZONE = "Pacific/Kiritimati"
ROW = ForecastRow(
    contract_id="k", customer_id="c", customer_name="=Bolt", owner_id="o", owner_name="Alice", is_own=True,
    segment="mid", quarter_on=date(2026, 10, 1), due_on=date(2026, 12, 9), renews_on=date(2026, 12, 9),
    arr=Decimal(60_000),
    outcome=None, decided_on=None, band=None, share=Decimal("0.93"), share_n=3, share_renewed=2,
    computed=Decimal(55_800), csm=Decimal(50_000), csm_category=CallCategory.LIKELY, csm_amount=Decimal(50_000),
    csm_revision=1, csm_unmet=("supporter_contact",), leader=None, leader_category=None, leader_amount=None,
    leader_revision=None, leader_unmet=(),
)  # fmt: skip


class OneRow(ForecastRepository):
    def __init__(self) -> None: ...

    def fetch_all_forecast_rows(self, view: ForecastView) -> tuple[ForecastRow, ...]:
        return (ROW,)


def test_a_csv_has_a_column_for_each_call_and_no_formula():
    head, row, *_ = export_forecast_csv(OneRow(), ForecastView(), ZONE).decode("utf-8-sig").splitlines()
    assert head.count(",") == len(FORECAST_FIELDS) + 1
    assert row.startswith("'=Bolt,Alice,Mid-market,2026-12-09,2026-10-01,60000,")
    assert f"55800,Likely,50000,{', '.join(describe_unmet_evidence(ROW.csm_unmet))},,,," in row
    assert head.endswith("As of,Time zone")
    assert row.endswith(f"{today_in_zone(ZONE)},{ZONE}")


def test_a_workbook_has_numbers_and_days_as_such():
    made = export_forecast_xlsx(OneRow(), ForecastView(), ZONE)
    head, row = CalamineWorkbook.from_filelike(BytesIO(made)).get_sheet_by_index(0).to_python()
    values = dict(zip(head, row, strict=True))
    assert (values["Customer"], values["Renewal date"], values["ARR"]) == ("=Bolt", date(2026, 12, 9), 60_000)
    assert (values["As of"], values["Time zone"]) == (today_in_zone(ZONE), ZONE)
    assert (values["CSM's call"], values["Manager's call"]) == (50_000, "")
