from decimal import Decimal
from typing import Literal

from pydantic import Field

from lib.chat.tools.tool_parameters import ReadOnlyTool, ToolParameters
from lib.llm.tools import ToolOutput
from lib.slides.stored_prices import describe_needed_approval
from lib.text.format import format_percent
from lib.text.truncate import single_line


class PriceLimitsParameters(ToolParameters):
    of: Literal["discount", "uplift"] = "discount"
    discount_percent: float | None = Field(default=None, ge=0, le=100, description="Below list price, in percent")
    uplift_percent: float | None = Field(default=None, ge=0, le=1000, description="Rise of the price, in percent")


class PriceLimits(ReadOnlyTool):
    name = "price_limits"
    description = "Who has to approve a discount, how far the person may go alone, and what caps a price increase."
    parameters = PriceLimitsParameters

    def run(self, arguments: PriceLimitsParameters) -> ToolOutput:
        if arguments.of == "uplift":
            return ToolOutput(text=self._describe_uplift(arguments.uplift_percent))
        return ToolOutput(text=self._describe_discount(arguments.discount_percent))

    def _describe_uplift(self, percent: float | None) -> str:
        contract = self.account.contract
        if contract is None:
            return "There is no contract on record: no data."
        cap = contract.uplift_cap_percent
        if cap is None:
            return "The contract does not cap a price increase."
        capped = f"The contract caps a price increase at {format_percent(cap)} at most"
        if percent is None:
            return f"{capped}."
        return f"{capped}: {format_percent(percent)} is {'above' if percent > cap else 'within'} the cap."

    def _describe_discount(self, percent: float | None) -> str:
        rules = self.account.rules
        own = f"You may go {format_percent(rules.own_discount_limit)} below list price without asking anybody"
        if percent is None:
            bands = "; ".join(
                f"up to {format_percent(band.up_to_percent)}: {single_line(band.approver, max_length=120)}"
                for band in rules.approval_bands
            )
            return f"{own}. Approval limits: {bands}; above: an admin, with proof."
        asked = Decimal(str(percent))
        if not rules.needs_discount_approval(asked):
            return f"{format_percent(asked)} below list needs no other approval. {own}."
        needed = describe_needed_approval(rules.find_discount_approver(asked))
        return f"{format_percent(asked)} below list needs {needed}. {own}."
