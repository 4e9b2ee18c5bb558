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
  if (LOGIC.test(name)) return REGULAR_EXPRESSION_IN_LOGIC.test(value.replace(QUOTED, ""));
  return REGULAR_EXPRESSION.test(value);
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
