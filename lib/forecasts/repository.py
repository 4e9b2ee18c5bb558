from datetime import date
from typing import Any

from lib.db.client import Client
from lib.db.query_execution import execute_read, execute_write
from lib.db.row_parsing import parse_row
from lib.forecasts.forecast_moves import ForecastCall, ForecastMoves
from lib.forecasts.model import PAGE_ROWS, CallAnswers, CallLevel, Forecast, ForecastRow, ForecastView, RenewalCalls
from lib.forecasts.retention_model import Retention
from lib.forecasts.track_record import TrackRecord

MOST_ROWS = 1000


class ForecastRepository:
    """The forecast, read and called with the rights of the client's token. One request each."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def fetch_forecast(self, view: ForecastView, *, first: int = 0, most: int = PAGE_ROWS) -> Forecast:
        """The quarters, and `most` (up to 1,000) renewals of a view without the first `first`."""
        arguments = {
            "p_owner": view.owner,
            "p_segment": view.segment,
            "p_quarter": view.quarter.isoformat() if view.quarter else None,
            "p_state": view.state,
            "p_first": first,
            "p_most": most,
        }
        return parse_row(Forecast, execute_read(self._client.rpc("forecast", arguments)))

    def fetch_all_forecast_rows(self, view: ForecastView) -> tuple[ForecastRow, ...]:
        """Every renewal of a view, each once. A request per 1,000 rows."""
        rows: dict[str, ForecastRow] = {}
        first = 0
        while True:
            page = self.fetch_forecast(view, first=first, most=MOST_ROWS)
            rows |= {row.contract_id: row for row in page.rows}
            first += MOST_ROWS
            if first >= page.total or not page.rows:
                return tuple(rows.values())

    def fetch_forecast_moves(self, call: ForecastCall, *, week: date | None, owner: str | None) -> ForecastMoves:
        """What moved a call since the snapshot of a week, by its Monday; None is the latest."""
        arguments = {"p_call": call.value, "p_week": week.isoformat() if week else None, "p_owner": owner}
        return parse_row(ForecastMoves, execute_read(self._client.rpc("forecast_moves", arguments)))

    def fetch_track_record(self, owner: str | None) -> TrackRecord:
        """How right the calls on closed renewals of these owners were."""
        return parse_row(TrackRecord, execute_read(self._client.rpc("forecast_record", {"p_owner": owner})))

    def fetch_retention(self, owner: str | None) -> Retention:
        """What these owners kept of their ARR over a year, and what the calls expect."""
        return parse_row(Retention, execute_read(self._client.rpc("forecast_retention", {"p_owner": owner})))

    def fetch_renewal_calls(self, contract_id: str) -> RenewalCalls:
        """The calls on one renewal and its evidence. Raises NotFound."""
        return parse_row(RenewalCalls, execute_read(self._client.rpc("renewal_calls", {"p_contract_id": contract_id})))

    def save_renewal_call(self, contract_id: str, level: CallLevel, answers: CallAnswers, *, revision: int) -> None:
        """Give a call after the one of `revision`, 0 for the first. Raises InvalidInput, NotPermitted, Conflict."""
        arguments: dict[str, Any] = {
            "p_contract_id": contract_id,
            "p_level": level.value,
            "p_category": answers.category,
            "p_revision": revision,
            "p_amount": str(answers.amount) if answers.amount is not None else None,
            "p_reason": answers.reason,
        }
        execute_write(self._client.rpc("call_renewal", arguments))
