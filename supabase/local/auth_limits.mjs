// Requests to /auth/v1 that are not the app's own are limited here. The app counts its people's attempts in the database
// (private.attempt_limits), and it alone knows its key: whatever others ask, people sign in to Zen as before.
import { FairShares, identifyPerson } from "./fair_shares.mjs";

const MAX_BODY_CHARACTERS = 64 * 1024;
const MAX_BUCKETS = 10_000;
const SECOND = 1000;
const MINUTE = 60 * SECOND;

// As many attempts at once, and one more each so many milliseconds: for an email address, and for whoever asks.
// A success gives its attempt back where it shows that nobody guessed; a mail or a new person stays counted.
const LIMITS = {
  sign_in: { address: [10, 6 * MINUTE], caller: [100, 30 * SECOND], returnsOnSuccess: true },
  code_check: { address: [5, 12 * MINUTE], caller: [60, MINUTE], returnsOnSuccess: true },
  code_request: { address: [3, 15 * MINUTE], caller: [30, 2 * MINUTE], returnsOnSuccess: false },
  sign_up: { address: [3, 15 * MINUTE], caller: [60, MINUTE], returnsOnSuccess: false },
};

// As a character, and as JSON writes it.
const NUL = /\0|\\u0000/;

const KINDS = {
  "/token": "sign_in",
  "/verify": "code_check",
  "/signup": "sign_up",
};

// Reading what everybody may know, and what concerns the person of a token that has been given out.
const UNLIMITED = new Set(["GET /user", "POST /logout", "GET /health", "GET /settings", "GET /.well-known/jwks.json"]);

export class AuthLimits {
  constructor(now = Date.now) {
    this.now = now;
    this.fullAt = new Map(); // bucket -> when all its attempts are back
    this.turns = new FairShares({ total: 1, perPerson: 1, maxWaiting: 20 }); // passwords are slow to compare
  }

  // The answer of `forward`, or the refusal of a request that comes too often.
  async run(request, { pathname, peer }, forward) {
    const route = readRoute(pathname);
    if (request.method === "OPTIONS" || !route || UNLIMITED.has(`${request.method} ${route}`)) return forward(request);
    const text = request.body ? await readText(request) : "";
    if (text === null) return refuse(413, "request_too_large", "The request is too large.");
    if (NUL.test(text)) return refuse(400, "bad_json", "The request holds a character that is never stored.");
    const kind = KINDS[route] ?? "code_request";
    const buckets = listBuckets(kind, { address: readAddress(text, request), caller: peer ?? "" });
    const wait = this.#take(buckets);
    if (wait > 0) return refuseFor(wait);
    const repeated = new Request(request.url, { method: request.method, headers: request.headers, body: text || null });
    const answered = await this.turns.run("", () => forward(repeated));
    if (answered === null) return refuseFor(SECOND);
    if (answered.ok && LIMITS[kind].returnsOnSuccess) this.#giveBack(buckets);
    return answered;
  }

  // Counts an attempt in each bucket and returns 0, or the milliseconds to wait, and then nothing is counted.
  #take(buckets) {
    const now = this.now();
    const moved = buckets.map(({ key, burst, refill }) => {
      const fullAt = Math.max(this.fullAt.get(key) ?? 0, now) + refill;
      return { key, fullAt, wait: fullAt - burst * refill - now };
    });
    const wait = Math.max(...moved.map((each) => each.wait));
    if (wait > 0) return wait;
    for (const { key, fullAt } of moved) {
      this.fullAt.delete(key); // set again at the end: the map is in the order of the last attempts
      this.fullAt.set(key, fullAt);
    }
    this.#forgetFull(now);
    return 0;
  }

  #giveBack(buckets) {
    for (const { key, scope, refill } of buckets) {
      if (scope === "address") this.fullAt.delete(key);
      else if (this.fullAt.has(key)) this.fullAt.set(key, this.fullAt.get(key) - refill);
    }
  }

  #forgetFull(now) {
    for (const [key, fullAt] of this.fullAt) {
      if (fullAt > now && this.fullAt.size <= MAX_BUCKETS) return;
      this.fullAt.delete(key);
    }
  }
}

// The path below /auth/v1 as the router reads it, which also takes one that is written in escapes; empty outside.
function readRoute(pathname) {
  let path = pathname;
  try {
    path = decodeURIComponent(pathname);
  } catch {}
  return path.includes("auth") ? path.replace(/^\/auth\/v1/, "") : "";
}

async function readText(request) {
  if (Number(request.headers.get("content-length") ?? 0) > MAX_BODY_CHARACTERS) return null;
  const parts = [];
  let size = 0;
  for await (const part of request.body) {
    size += part.length;
    if (size > MAX_BODY_CHARACTERS) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

// The address a request names, in one spelling; without one the person of its token, if it has one.
function readAddress(text, request) {
  let email;
  try {
    email = JSON.parse(text)?.email;
  } catch {}
  if (typeof email === "string") return email.normalize("NFKC").trim().toLowerCase();
  const person = identifyPerson(request.headers);
  return person.startsWith("key ") ? null : person;
}

function listBuckets(kind, keys) {
  return ["address", "caller"]
    .filter((scope) => keys[scope] !== null)
    .map((scope) => {
      const [burst, refill] = LIMITS[kind][scope];
      return { scope, key: `${kind} ${scope} ${keys[scope]}`, burst, refill };
    });
}

function refuseFor(wait) {
  const minutes = Math.ceil(wait / MINUTE);
  const message = `Too many tries. Try again in ${minutes} ${minutes === 1 ? "minute" : "minutes"}.`;
  return refuse(429, "over_request_rate_limit", message, { "retry-after": String(Math.ceil(wait / SECOND)) });
}

function refuse(code, error_code, msg, headers = {}) {
  return Response.json({ code, error_code, msg }, { status: code, headers });
}
