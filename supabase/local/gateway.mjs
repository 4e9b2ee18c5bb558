// The local Supabase API: /auth/v1 and /rest/v1 on one loopback port, in front of the local Postgres.
// Usage: node gateway.mjs <settings.json>. The settings hold secrets, so they come by file (mode 600), not by argument.
import { readFileSync, writeFileSync } from "node:fs";
import { serve } from "@hono/node-server";
import { App } from "@supabase/lite";
import { AuthLimits } from "./auth_limits.mjs";
import { exchangeKey } from "./client_keys.mjs";
import { openDatabase } from "./database.mjs";
import { FairShares, identifyPerson } from "./fair_shares.mjs";
import { MailLog } from "./mail.mjs";
import { verifyMailedCode } from "./mailed_codes.mjs";
import { findRefusal } from "./request_limits.mjs";
import { createRestProxy } from "./rest.mjs";

const settings = JSON.parse(readFileSync(process.argv[2], "utf8"));
writeFileSync(settings.pid_file, String(process.pid));

const database = openDatabase(settings);
const app = new App({
  connection: database,
  db: { migrations: { enabled: false } },
  api: { schemas: ["public"], extra_search_path: ["public", "extensions"], max_rows: 1000 },
  auth: {
    enabled: true,
    site_url: settings.site_url,
    jwt_secret: settings.jwt_secret,
    publishable_key: settings.app_key,
    secret_key: settings.secret_key,
    enable_refresh_token_rotation: true,
    jwt_expiry: Number(process.env.ZEN_LOCAL_TOKEN_SECONDS ?? 900),
    minimum_password_length: 8,
  },
  storage: { enabled: false },
  studio: { enabled: false },
  options: {
    drivers: { email: new MailLog(settings.mail_file) },
    server: { admin: false, disableStudio: true },
  },
});
await app.ensureSystemSchema();
// The channel on which a changed schema is announced to PostgREST.
await database.driver.listen("pgrst", () => database.clearSchemaCache());

const restProxy = settings.postgrest_url ? createRestProxy(settings) : null;

// Ten connections: the rest of them are for sign-in, whatever the pages ask.
const shares = new FairShares({ total: 8, perPerson: 4, maxWaiting: 200 });

const authLimits = new AuthLimits();

async function answer(asked, { incoming }) {
  const url = new URL(asked.url);
  const { pathname } = url;
  if (pathname === "/health") return Response.json({ instance: settings.instance });
  if (pathname.startsWith("/_system")) return new Response(null, { status: 404 });
  const [request, isStranger] = exchangeKey(asked, url, settings);
  const peer = incoming.socket.remoteAddress ?? null;
  const forward = (forwarded) => app.fetch(forwarded, { peerAddress: peer });
  if (pathname.startsWith("/rest/v1")) return answerRest(request, url, restProxy ?? forward);
  const answerAuth = (forwarded) => {
    const isCode = pathname === "/auth/v1/verify" && forwarded.method === "POST";
    return isCode ? verifyMailedCode(forwarded, forward, settings.jwt_secret) : forward(forwarded);
  };
  return isStranger ? authLimits.run(request, { pathname, peer }, answerAuth) : answerAuth(request);
}

async function answerRest(request, url, forward) {
  const refusal = findRefusal(request, url);
  if (refusal) return refuse(...refusal);
  const answered = await shares.run(identifyPerson(request.headers), () => forward(request));
  return answered ?? refuse(429, "You have asked for too much at once.");
}

function refuse(status, message) {
  return Response.json({ code: `PT${status}`, message, details: null, hint: null }, { status });
}

const server = serve({ fetch: answer, hostname: "127.0.0.1", port: settings.port }, () =>
  console.log(`listening on 127.0.0.1:${settings.port}`),
);
server.on("error", (error) => {
  console.error(`cannot listen: ${error.code}`);
  process.exit(1);
});

async function stop() {
  server.close();
  server.closeAllConnections?.();
  await database.close().catch(() => {});
  process.exit(0);
}
process.on("SIGTERM", stop);
process.on("SIGINT", stop);
process.on("unhandledRejection", (reason) => console.error("unhandled:", reason));

// A data folder that was deleted or taken over leaves nothing to serve.
setInterval(() => {
  try {
    if (readFileSync(settings.pid_file, "utf8") === String(process.pid)) return;
  } catch {}
  stop();
}, 15_000).unref();
