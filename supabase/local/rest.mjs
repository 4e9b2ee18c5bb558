// /rest/v1 by a real PostgREST. Its job here is Supabase's API gateway: check the key, give the request its role.
import { signToken } from "./tokens.mjs";

const tokenFor = (role, secret) => signToken({ role, exp: 4102444800 }, secret);

function refuse(message, hint) {
  return Response.json({ message, hint }, { status: 401 });
}

export function createRestProxy({ postgrest_url, app_key, secret_key, jwt_secret }) {
  const tokens = new Map([
    [app_key, tokenFor("anon", jwt_secret)],
    [secret_key, tokenFor("service_role", jwt_secret)],
  ]);
  return async (request) => {
    const url = new URL(request.url);
    const key = request.headers.get("apikey") ?? url.searchParams.get("apikey");
    if (!key) return refuse("No API key found in request", "No `apikey` request header or url param was found.");
    if (!tokens.has(key)) return refuse("Invalid API key", "Double check your Supabase `apikey`");
    url.searchParams.delete("apikey");
    const headers = new Headers(request.headers);
    const bearer = /^Bearer\s+(.+)$/.exec(headers.get("authorization") ?? "")?.[1];
    if (!bearer || tokens.has(bearer)) headers.set("authorization", `Bearer ${tokens.get(key)}`);
    for (const name of ["host", "connection", "apikey", "content-length", "accept-encoding"]) headers.delete(name);
    const hasBody = !["GET", "HEAD"].includes(request.method);
    const response = await fetch(`${postgrest_url}${url.pathname.slice("/rest/v1".length) || "/"}${url.search}`, {
      method: request.method,
      headers,
      body: hasBody ? Buffer.from(await request.arrayBuffer()) : undefined,
    });
    return new Response(response.body, { status: response.status, headers: response.headers });
  };
}
