// The element of Find (lib/ui/find/find_bar.py): hands its field, the latest answer and a way to ask to find.js, which
// draws the command bar. Streamlit calls it when the element appears and with each answer.
export default function connectFind({ parentElement, data, setTriggerValue }) {
  window.zenFindElement = {
    field: parentElement.querySelector(".zen-find-field"),
    answer: data,
    ask: (query, number) => setTriggerValue("asked", { query, number }),
  };
  dispatchEvent(new Event("zenfind"));
}
