// Access tokens, as Supabase Auth signs them.
import { createHmac } from "node:crypto";

const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

export function signToken(claims, secret) {
  const head = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `${head}.${createHmac("sha256", secret).update(head).digest("base64url")}`;
}

export function readClaims(token) {
  return JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString());
}
