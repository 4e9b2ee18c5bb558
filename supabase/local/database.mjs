// The connection of the auth and REST services, with what differs from Supabase put right.
import { createPostgresConnection } from "@supabase/lite/postgres";
import { sql } from "kysely";
import { asPostgrestError } from "./errors.mjs";

const asIs = (value) => value;

// As lib/local/bootstrap.sql has them for PostgREST, which reads them from the role.
const STATEMENT_TIMEOUTS = { anon: "3s", authenticated: "8s" };

// Function arguments and auth metadata come as JSON text already; encoding them again would make them JSON strings.
function encodeJson(value) {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return JSON.stringify(value);
  try {
    JSON.parse(value);
    return value;
  } catch {
    return JSON.stringify(value);
  }
}

// PostgREST answers numbers for numeric, and ISO for timestamps, which Supabase's clients insist on in auth answers.
// A number that a double cannot hold exactly stays a string.
const types = {
  numeric: {
    to: 1700,
    from: [1700],
    serialize: String,
    parse: (text) => (text.replace(/[^0-9]/g, "").length <= 15 ? Number(text) : text),
  },
  json: { to: 114, from: [114], serialize: encodeJson, parse: JSON.parse },
  jsonb: { to: 3802, from: [3802], serialize: encodeJson, parse: JSON.parse },
  timestamp: { to: 1114, from: [1114], serialize: asIs, parse: (text) => text.replace(" ", "T") },
  timestamptz: {
    to: 1184,
    from: [1184],
    serialize: asIs,
    parse: (text) => text.replace(" ", "T").replace(/([+-]\d\d)$/, "$1:00"),
  },
};

export function openDatabase(settings) {
  const connection = createPostgresConnection({
    url: "postgres://supabase_auth_admin@localhost/postgres",
    postgresOptions: {
      path: settings.database_socket,
      max: 10,
      types,
      onnotice() {},
      connection: { application_name: "gateway" },
    },
  });
  // auth.uid() and its kin are Supabase's own here (lib/local/bootstrap.sql): do not put others in their place.
  connection.config.baseSchema = "";
  // "active" skips a first-request step that grants ALL on every table to anon and authenticated,
  // which would undo the migrations' revokes.
  connection.rlsState = "active";
  connection.applyJwtSessionContext = applyContext;
  connection.applyRpcRequestGucs = applyRequest;
  const normalize = connection.normalizeDbError.bind(connection);
  connection.normalizeDbError = (error) => asPostgrestError(normalize(error));
  return connection;
}

// One or two round trips instead of six, and the claims of an anonymous request are set too, as PostgREST does.
async function applyContext(transaction, context) {
  const { role = "anon", uid, jwt } = context.auth ?? {};
  const claims = jwt && typeof jwt === "object" ? jwt : { role: role ?? "anon" };
  await sql`select set_config('role', ${role ?? "anon"}, true),
    set_config('request.jwt.claims', ${JSON.stringify(claims)}, true),
    set_config('request.jwt.claim.sub', ${String(uid ?? "")}, true),
    set_config('request.jwt.claim.role', ${role ?? "anon"}, true),
    set_config('statement_timeout', ${STATEMENT_TIMEOUTS[role ?? "anon"] ?? "0"}, true)`.execute(transaction);
  // PostgREST calls it before each request (db-pre-request): the token of a session that was signed out is refused.
  if (claims.session_id) await sql`select private.require_live_session()`.execute(transaction);
}

async function applyRequest(transaction, { method, path, requestHeaders = {} }) {
  await sql`select set_config('response.status', '', true),
    set_config('response.headers', '', true),
    set_config('request.method', ${method}, true),
    set_config('request.path', ${path}, true),
    set_config('request.headers', ${JSON.stringify(requestHeaders)}, true)`.execute(transaction);
}
