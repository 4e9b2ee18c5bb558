// Database errors as PostgREST answers them: https://docs.postgrest.org/en/v12/references/errors.html
// [code prefix, status]; the first that fits counts, everything else is 400.
// biome-ignore format: a table reads better in rows
const STATUS = [
  ["23503", 409], ["23505", 409], ["25006", 405], ["42883", 404], ["42P17", 500], ["53400", 500], ["57P01", 503],
  ["P0001", 400],
  ["08", 503], ["09", 500], ["0L", 403], ["0P", 403], ["25", 500], ["28", 403], ["2D", 500], ["38", 500], ["39", 500],
  ["3B", 500], ["40", 500], ["53", 503], ["54", 413], ["55", 500], ["57", 500], ["58", 500], ["F0", 500], ["HV", 500],
  ["P0", 500], ["XX", 500],
];

// Codes the REST service already answers as PostgREST does, or raises itself.
const LEFT_ALONE = /^(PT|PGRST)|^(42501|42P01|42703)$/;

// The driver's own refusal of a value it cannot send, such as a list for a day.
const UNSENDABLE = "ERR_INVALID_ARG_TYPE";

export function asPostgrestError(error) {
  const code = error?.code === UNSENDABLE ? "22P02" : error?.code;
  if (typeof code !== "string" || !/^[0-9A-Z]{5}$/.test(code) || LEFT_ALONE.test(code)) return error;
  const status = STATUS.find(([prefix]) => code.startsWith(prefix))?.[1] ?? 400;
  const { detail = null, hint = null } = error;
  const message = error.code === UNSENDABLE ? "A value does not have the type of its argument." : error.message;
  return Object.assign(new Error(JSON.stringify({ code, message, details: detail, hint })), {
    code: "PGRST",
    detail: JSON.stringify({ status, headers: {} }),
  });
}
