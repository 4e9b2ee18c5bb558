// REST requests that could keep a connection of the database busy for all others are refused before they reach it.
const MAX_BODY_BYTES = 32 * 1024 * 1024;
const MAX_QUERY_CHARACTERS = 12_288;
const MAX_EMBED_DEPTH = 4;
const MAX_EMBEDS = 20;

// A regular expression with back references takes as long as it likes.
const REGULAR_EXPRESSION = /^(not\.)?i?match(\((any|all)\))?\./;
const REGULAR_EXPRESSION_IN_LOGIC = /\.i?match(\((any|all)\))?\./;
const LOGIC = /(^|\.)(or|and)$/;
const QUOTED = /"(\\.|[^"\\])*"/g;

// A part of an `or` or `and` whose meaning is certain: punctuation, a nested one, or a filter. Its operator is captured.
const TEXT = '"(?:\\\\.|[^"\\\\])*"';
const OPERATOR = "(?:not\\.)?([a-z]+)(?:\\((?:any|all)\\))?";
const VALUE = `(?:${TEXT}|[({](?:${TEXT}|[^"(){}])*[)}]|[^"(){},]*)(?=[,)])`;
const FILTER = `(?:${TEXT}|[^".,()]+)\\.${OPERATOR}\\.${VALUE}`;
const LOGIC_PART = new RegExp(`[(),]|(?:not\\.)?(?:or|and)(?=\\()|${FILTER}`, "y");

// Why the request is refused, as [status, sentence]; undefined if it is not.
export function findRefusal(request, url) {
  if (Number(request.headers.get("content-length") ?? 0) > MAX_BODY_BYTES) return [413, "The request is too large."];
  if (url.search.length > MAX_QUERY_CHARACTERS) return [414, "The query is too long."];
  for (const [name, value] of url.searchParams) {
    if (name.includes("\0") || value.includes("\0")) return [400, "The query holds a character that is never stored."];
    if (isRegularExpression(name, value)) return [400, "Regular expressions are not allowed in a filter."];
    if (name === "select" || name.endsWith(".select")) {
      const { depth, count } = measureEmbeds(value);
      if (depth > MAX_EMBED_DEPTH || count > MAX_EMBEDS) return [400, "The query embeds too much."];
    }
  }
}

function isRegularExpression(name, value) {
  return LOGIC.test(name) ? hasRegularExpression(value) : REGULAR_EXPRESSION.test(value);
}

// A quotation mark inside a value begins no quoted text for PostgREST: where it is not certain what a value is, all
// of it counts.
function hasRegularExpression(logic) {
  LOGIC_PART.lastIndex = 0;
  while (LOGIC_PART.lastIndex < logic.length) {
    const part = LOGIC_PART.exec(logic);
    if (part === null) return REGULAR_EXPRESSION_IN_LOGIC.test(logic);
    if (part[1] === "match" || part[1] === "imatch") return true;
  }
  return false;
}

function measureEmbeds(select) {
  let [depth, deepest, count] = [0, 0, 0];
  for (const character of select.replace(QUOTED, "")) {
    if (character === "(") {
      depth += 1;
      count += 1;
    }
    if (character === ")") depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return { depth: deepest, count };
}
