// Two keys open the same doors: the app's own, and the publishable one that anybody may have. What the app asks with its
// own is not counted with what others ask (auth_limits.mjs).

// [the request with the one publishable key the services know, whether it is a stranger's]
export function exchangeKey(request, url, { app_key, publishable_key, secret_key }) {
  const key = request.headers.get("apikey") ?? url.searchParams.get("apikey");
  if (key === app_key || key === secret_key) return [request, false];
  if (key !== publishable_key) return [request, true];
  const headers = new Headers(request.headers);
  headers.set("apikey", app_key);
  if (headers.get("authorization") === `Bearer ${publishable_key}`) headers.set("authorization", `Bearer ${app_key}`);
  return [new Request(request, { headers }), true];
}
