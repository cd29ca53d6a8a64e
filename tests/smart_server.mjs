// A journal system for tests: a certified OpenID provider that starts other programs (SMART App Launch), and a small FHIR R4 server.
// `node tests/smart_server.mjs <folder>`: settings.json, clients.json and launches.json lie there; the last two are read anew each time.
import { readFileSync } from "node:fs";
import http from "node:http";
import Provider from "oidc-provider";

const folder = process.argv[2];
const read = (name) => JSON.parse(readFileSync(`${folder}/${name}.json`, "utf8"));
const { issuer, base, port, jwks } = read("settings");

// Clients come and go while the server runs: each has the key that Blikk made.
const rows = new Map();
class Rows {
  constructor(name) {
    this.name = name;
  }
  async upsert(id, payload) {
    rows.set(`${this.name}:${id}`, payload);
  }
  async find(id) {
    if (this.name === "Client") return read("clients").find((one) => one.client_id === id);
    return rows.get(`${this.name}:${id}`);
  }
  async findByUid(uid) {
    return [...rows.entries()].find(([key, row]) => key.startsWith(`${this.name}:`) && row.uid === uid)?.[1];
  }
  async findByUserCode() {}
  async consume(id) {
    const row = rows.get(`${this.name}:${id}`);
    if (row) row.consumed = Math.floor(Date.now() / 1000);
  }
  async destroy(id) {
    rows.delete(`${this.name}:${id}`);
  }
  async revokeByGrantId(grant) {
    for (const [key, row] of rows) if (row.grantId === grant) rows.delete(key);
  }
}

const provider = new Provider(issuer, {
  adapter: Rows,
  jwks,
  cookies: { keys: ["only for tests"] },
  scopes: ["openid", "launch", "fhirUser", "patient/Patient.read", "user/Practitioner.read", "system/*.read", "system/*.write"],
  claims: { openid: ["sub"], fhirUser: ["fhirUser"] },
  conformIdTokenClaims: false,
  extraParams: ["launch", "aud"],
  pkce: { required: () => true },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    // A token for a FHIR server is for one address, and the code remembers which start it belongs to.
    resourceIndicators: { enabled: false },
  },
  enabledJWA: {
    idTokenSigningAlgValues: ["RS256"],
    clientAuthSigningAlgValues: ["RS384"],
  },
  ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 300, IdToken: 300, AuthorizationCode: 60, ClientCredentials: 300 },
  interactions: { url: (_ctx, interaction) => `/login/${interaction.uid}` },
  async findAccount(_ctx, id) {
    return { accountId: id, claims: () => ({ sub: id, fhirUser: started[id]?.fhirUser }) };
  },
});
provider.proxy = true;
for (const name of ["server_error", "grant.error", "authorization.error"])
  provider.on(name, (_ctx, fault) => console.log(name, fault.message, fault.error_description ?? ""));

// Who started Blikk, and with which patient open: an account here is one start, so that a code leads back to it.
const started = {};
provider.use(async (ctx, next) => {
  await next();
  if (ctx.path !== "/token" || ctx.method !== "POST" || ctx.status !== 200) return;
  const about = started[ctx.oidc?.account?.accountId];
  if (about) ctx.body = { ...ctx.body, ...about.context };
});

async function begin(request, response) {
  const { params } = await provider.interactionDetails(request, response);
  const about = read("launches")[params.launch];
  if (!about || params.aud !== base) {
    await provider.interactionFinished(request, response, { error: about ? "invalid_request" : "access_denied" });
    return;
  }
  const accountId = `${about.who}:${params.launch}`;
  started[accountId] = about;
  const grant = new provider.Grant({ accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  const grantId = await grant.save();
  const login = { accountId, remember: false, ts: Math.floor(Date.now() / 1000) };
  await provider.interactionFinished(request, response, { login, consent: { grantId } });
}

// FHIR: kinds of resources by id, each with its versions; a search over appointments, in pages.
const store = new Map();
let last = 0;
function put(resource) {
  last = Math.max(Date.now(), last + 1);
  const kept = { ...resource, meta: { ...resource.meta, lastUpdated: resource.meta?.lastUpdated ?? new Date(last).toISOString() } };
  store.set(`${resource.resourceType}/${resource.id}`, kept);
  return kept;
}

function fits(resource, query) {
  const compare = { ge: (a, b) => a >= b, gt: (a, b) => a > b, le: (a, b) => a <= b, lt: (a, b) => a < b };
  const all = (name, value) =>
    query.getAll(name).every((asked) => {
      const how = compare[asked.slice(0, 2)];
      return how ? how(Date.parse(value), Date.parse(asked.slice(2))) : Date.parse(value) === Date.parse(asked);
    });
  return all("_lastUpdated", resource.meta.lastUpdated) && (!query.has("date") || (resource.start && all("date", resource.start)));
}

function search(kind, url) {
  const query = url.searchParams;
  const size = Math.min(Number(query.get("_count") ?? 20), 20);
  const from = Number(query.get("_from") ?? 0);
  const found = [...store.values()].filter((one) => one.resourceType === kind && fits(one, query));
  found.sort((one, other) => Date.parse(one.meta.lastUpdated) - Date.parse(other.meta.lastUpdated));
  const link = [{ relation: "self", url: `${base}/${kind}` }];
  if (from + size < found.length) {
    query.set("_from", from + size);
    link.push({ relation: "next", url: `${base}/${kind}?${query}` });
  }
  const entry = found.slice(from, from + size).map((resource) => ({ fullUrl: `${base}/${kind}/${resource.id}`, resource }));
  return { resourceType: "Bundle", type: "searchset", total: found.length, link, entry };
}

async function text(request) {
  let said = "";
  for await (const part of request) said += part;
  return said;
}

async function may(request) {
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
  if (!token) return false;
  return Boolean((await provider.AccessToken.find(token)) ?? (await provider.ClientCredentials.find(token)));
}

async function fhir(request, response, url) {
  const say = (status, said) =>
    response.writeHead(status, { "content-type": "application/fhir+json" }).end(JSON.stringify(said));
  const wrong = (status, code) => say(status, { resourceType: "OperationOutcome", issue: [{ severity: "error", code }] });
  const [kind, id] = url.pathname.slice("/fhir/".length).split("/");
  if (request.headers["x-backstage"] === "1") {
    const given = JSON.parse((await text(request)) || "{}");
    try {
      if (request.method === "DELETE") return say(200, { gone: kind ? store.delete(`${kind}/${id}`) : store.clear() });
      return say(200, put(given));
    } catch (fault) {
      return say(400, { message: fault.message });
    }
  }
  if (kind === ".well-known")
    return say(200, {
      issuer,
      jwks_uri: `${issuer}/jwks`,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      token_endpoint_auth_methods_supported: ["private_key_jwt"],
      token_endpoint_auth_signing_alg_values_supported: ["RS384", "ES384"],
      code_challenge_methods_supported: ["S256"],
      capabilities: ["launch-ehr", "client-confidential-asymmetric", "sso-openid-connect", "context-ehr-patient"],
    });
  if (!(await may(request))) return wrong(401, "login");
  if (!id) return say(200, search(kind, url));
  const found = store.get(`${kind}/${id}`);
  return found ? say(200, found) : wrong(404, "not-found");
}

// What a user of the journal sees: the patient, and a button that starts Blikk.
const page = (to) => `<!doctype html><html lang="nb"><title>Journal</title><main><h1>Hansen, Ola</h1><a href="${to.replaceAll("&", "&amp;")}">Video i Blikk</a></main></html>`;

const answer = provider.callback();
http
  .createServer((request, response) => {
    const url = new URL(request.url, base);
    const failed = (fault) => {
      console.log("failed", fault.message);
      response.writeHead(500).end();
    };
    if (url.pathname === "/journal") {
      const asked = new URLSearchParams({ iss: base, launch: url.searchParams.get("launch") });
      return response
        .writeHead(200, { "content-type": "text/html; charset=utf-8" })
        .end(page(`${url.searchParams.get("blikk")}/journal/start?${asked}`));
    }
    if (url.pathname.startsWith("/fhir/")) return fhir(request, response, url).catch(failed);
    if (url.pathname.startsWith("/login/")) return begin(request, response).catch(failed);
    return answer(request, response);
  })
  .listen(port, "127.0.0.1", () => console.log("ready"));
