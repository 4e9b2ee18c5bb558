"""A browser tab with the workflow builder in it: chooses and moves slides, and types into their texts."""

import json
import time
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from tests.bench.wire import FINISHED, BrowserTab, Run

OVER = {*FINISHED, ForwardMsg.ScriptFinishedStatus.FINISHED_FRAGMENT_RUN_SUCCESSFULLY}


class BuilderTab(BrowserTab):
    """Sends of the widgets only the one that changed, as Streamlit keeps what the others held."""

    _outline, _lead, _fragment = "", "", ""
    elements = 0
    """How many elements the last rerun sent."""

    def notice(self, message: ForwardMsg) -> None:
        if message.WhichOneof("type") != "delta":
            return
        self.elements += 1
        element = message.delta.new_element
        match element.WhichOneof("type"):
            case "bidi_component":
                if element.bidi_component.component_name == "zen.outline":
                    self._outline, self._fragment = element.bidi_component.id, message.delta.fragment_id
            case "text_area" if element.text_area.label == "Lead":
                self._lead = element.text_area.id

    async def command_outline(self, name: str, **rest: Any) -> Run:
        """Have the outline choose or move a slide, and wait until the page is drawn."""
        value = {"name": name, **rest, "number": time.monotonic_ns()}
        widget = WidgetState(id=f"$$STREAMLIT_INTERNAL_KEY_{self._outline}__events")
        widget.json_trigger_value = json.dumps([{"event": "command", "value": value}])
        return await self._rerun_fragment(widget)

    async def type_lead(self, text: str) -> Run:
        """Give the lead of the chosen slide another text; it is saved."""
        return await self._rerun_fragment(WidgetState(id=self._lead, string_value=text))

    async def _rerun_fragment(self, widget: WidgetState) -> Run:
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string, asked.page_script_hash, asked.fragment_id = self._query, self._script_hash, self._fragment
        asked.widget_states.widgets.append(widget)
        begun, received, failed, self.elements = time.perf_counter(), 0, "", 0
        await self._socket.send(message.SerializeToString())
        while True:
            data = await self._socket.recv()
            received += len(data)
            answer = ForwardMsg.FromString(data)
            self.notice(answer)
            if answer.WhichOneof("type") == "delta" and answer.delta.new_element.WhichOneof("type") == "exception":
                failed = str(answer.delta.new_element.exception)[:1000] or "an exception"
            elif answer.WhichOneof("type") == "script_finished" and answer.script_finished in OVER:
                return Run((time.perf_counter() - begun) * 1000, received, failed)
