// The element of Find (lib/ui/find/find_bar.py): hands its field and a way to ask to find.js, which draws the command bar.
export default function connectFind({ parentElement, setTriggerValue }) {
  window.zenFindElement = {
    field: parentElement.querySelector(".zen-find-field"),
    ask: (query, number, all) => setTriggerValue("asked", { query, number, all }),
  };
  dispatchEvent(new Event("zenfindelement"));
}
