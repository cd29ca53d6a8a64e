// A certified OpenID provider for tests, with the demands of FAPI 2: PAR, PKCE, private_key_jwt, DPoP with its nonce.
// `node tests/provider.mjs <folder>`: settings.json and people.json lie there; people are read anew each time.
import { readFileSync } from "node:fs";
import http from "node:http";
import Provider from "oidc-provider";

const folder = process.argv[2];
const read = (name) => JSON.parse(readFileSync(`${folder}/${name}.json`, "utf8"));
const { issuer, port, jwks, clients, levels } = read("settings");

const provider = new Provider(issuer, {
  jwks,
  clients,
  cookies: { keys: ["only for tests"] },
  scopes: ["openid", "profile", "helseid://scopes/identity/pid", "helseid://scopes/identity/security_level", "helseid://scopes/hpr/hpr_number"],
  claims: {
    openid: ["sub", "pid", "given_name", "birthdate", "helseid://claims/identity/pid", "helseid://claims/identity/security_level", "helseid://claims/hpr/hpr_number"],
    profile: ["name"],
    acr: null,
  },
  conformIdTokenClaims: false,
  acrValues: levels,
  pkce: { required: () => true },
  features: {
    devInteractions: { enabled: false },
    pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true },
    dPoP: { enabled: true, nonceSecret: Buffer.alloc(32, 1), requireNonce: () => true },
  },
  enabledJWA: {
    idTokenSigningAlgValues: ["PS256", "ES256", "RS256"],
    clientAuthSigningAlgValues: ["PS256", "ES256", "RS256"],
    dPoPSigningAlgValues: ["ES256"],
  },
  ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 300, IdToken: 300, AuthorizationCode: 60 },
  interactions: { url: (_ctx, interaction) => `/login/${interaction.uid}` },
  async findAccount(_ctx, id) {
    const { acr, ...claims } = read("people")[id];
    return { accountId: id, claims: () => ({ sub: id, ...claims }) };
  },
});
provider.proxy = true;
for (const name of ["server_error", "grant.error", "pushed_authorization_request.error", "authorization.error"])
  provider.on(name, (_ctx, fault) => console.log(name, fault.message, fault.error_description ?? ""));

const page = (uid) => `<!doctype html><html lang="nb"><title>Prøve-ID</title><main><h1>Prøve-ID</h1>
<form method="post" action="/login/${uid}"><label>Hvem er du? <select name="who">${Object.keys(read("people"))
  .map((who) => `<option>${who}</option>`)
  .join("")}</select></label><button name="act" value="yes">Logg inn</button><button name="act" value="no">Avbryt</button></form></main></html>`;

async function body(request) {
  let text = "";
  for await (const part of request) text += part;
  return new URLSearchParams(text);
}

async function finish(request, response) {
  const given = await body(request);
  if (given.get("act") === "no") {
    await provider.interactionFinished(request, response, { error: "access_denied" });
    return;
  }
  const { params } = await provider.interactionDetails(request, response);
  const accountId = given.get("who");
  const grant = new provider.Grant({ accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  const grantId = await grant.save();
  const { acr } = read("people")[accountId];
  const login = { accountId, acr, remember: false, ts: Math.floor(Date.now() / 1000) };
  await provider.interactionFinished(request, response, { login, consent: { grantId } });
}

const answer = provider.callback();
http
  .createServer((request, response) => {
    const [, uid] = /^\/login\/([\w-]+)$/.exec(request.url) ?? [];
    if (!uid) return answer(request, response);
    if (request.method === "POST")
      return finish(request, response).catch((fault) => {
        console.log("finish", fault.message);
        response.writeHead(500).end();
      });
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page(uid));
  })
  .listen(port, "127.0.0.1", () => console.log("ready"));
