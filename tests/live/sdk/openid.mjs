// Signs somebody in by openid-client: node openid.mjs SCENARIO. ISSUER says where the server is, SDK where the package;
// CLIENT_ID, CLIENT_SECRET and REDIRECT_URI are the application's, ACCESS_TOKEN its user's.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const { ISSUER, SDK, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, ACCESS_TOKEN } = process.env
const oidc = await import(pathToFileURL(createRequire(SDK).resolve('openid-client')))
const scope = 'openid profile email offline_access'

async function discover(authentication) {
  const options = { execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks] }
  return oidc.discovery(new URL(ISSUER), CLIENT_ID, undefined, authentication, options)
}

// The browser's part: to the server, which sends it to the project's page.
async function ask(config, changes = {}) {
  const verifier = oidc.randomPKCECodeVerifier()
  const checks = { pkceCodeVerifier: verifier, expectedState: oidc.randomState(), expectedNonce: oidc.randomNonce() }
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT_URI,
    scope,
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...changes
  })
  const answer = await fetch(url, { redirect: 'manual' })
  assert.equal(answer.status, 302)
  const page = new URL(answer.headers.get('Location'))
  return { checks: { ...checks, idTokenExpected: true }, page, requestId: page.searchParams.get('request_id') }
}

// The page's part: its user agrees, or does not.
async function say(path, requestId) {
  const answer = await fetch(`${ISSUER}/oauth2/login${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${ACCESS_TOKEN}` },
    body: JSON.stringify({ requestId })
  })
  assert.equal(answer.status, 200)
  return new URL((await answer.json()).redirectUri)
}

async function user() {
  const answer = await fetch(`${ISSUER}/user`, { headers: { Authorization: `Bearer ${ACCESS_TOKEN}` } })
  return answer.json()
}

async function signIn(authentication) {
  const config = await discover(authentication)
  const asked = await ask(config)
  const back = await say('', asked.requestId)
  const tokens = await oidc.authorizationCodeGrant(config, back, asked.checks)
  const { sub, email, name, nonce, at_hash: hash } = tokens.claims()
  const { id, email: address, displayName } = await user()
  assert.deepEqual([sub, email, name, nonce], [id, address, displayName, asked.checks.expectedNonce])
  assert.ok(hash)

  const info = await oidc.fetchUserInfo(config, tokens.access_token, sub)
  assert.deepEqual([info.sub, info.email, info.name], [id, address, displayName])

  const newer = await oidc.refreshTokenGrant(config, tokens.refresh_token)
  assert.notEqual(newer.refresh_token, tokens.refresh_token)
  assert.equal(newer.claims().sub, id)

  const told = await oidc.tokenIntrospection(config, newer.access_token)
  assert.deepEqual([told.active, told.sub, told.client_id, told.scope], [true, id, CLIENT_ID, scope])
  assert.equal((await oidc.tokenIntrospection(config, newer.refresh_token)).token_type, 'refresh_token')

  await oidc.tokenRevocation(config, newer.refresh_token)
  assert.equal((await oidc.tokenIntrospection(config, newer.refresh_token)).active, false)
  assert.equal((await oidc.tokenIntrospection(config, newer.access_token)).active, false)
  await refused(oidc.refreshTokenGrant(config, newer.refresh_token), 400, 'invalid_grant')
  return { config, asked, back }
}

async function refused(promise, status, code) {
  const error = await promise.then(() => assert.fail('was not refused'), (reason) => reason)
  assert.ok(error instanceof oidc.ResponseBodyError, `${error} ${error.cause}`)
  assert.deepEqual([error.status, error.error], [status, code])
}

const scenarios = {
  async publicApplication() {
    await signIn(oidc.None())
  },

  async secretByBasic() {
    await signIn(oidc.ClientSecretBasic(CLIENT_SECRET))
  },

  async secretByPost() {
    await signIn(oidc.ClientSecretPost(CLIENT_SECRET))
  },

  async codeIsGoodOnce() {
    const { config, asked, back } = await signIn(oidc.None())
    await refused(oidc.authorizationCodeGrant(config, back, asked.checks), 400, 'invalid_grant')
  },

  async userWhoRefuses() {
    const config = await discover(oidc.None())
    const asked = await ask(config)
    const back = await say('/refuse', asked.requestId)
    const error = await oidc.authorizationCodeGrant(config, back, asked.checks).catch((reason) => reason)
    assert.ok(error instanceof oidc.AuthorizationResponseError, `${error}`)
    assert.equal(error.error, 'access_denied')
  },

  async wrongSecret() {
    const config = await discover(oidc.ClientSecretBasic('wrong'))
    const asked = await ask(config)
    const back = await say('', asked.requestId)
    const error = await oidc.authorizationCodeGrant(config, back, asked.checks).catch((reason) => reason)
    assert.equal(error.status ?? error.cause?.status, 401, `${error} ${error.cause}`)
    const right = await discover(oidc.ClientSecretBasic(CLIENT_SECRET))
    assert.ok((await oidc.authorizationCodeGrant(right, back, asked.checks)).access_token)
  }
}

await scenarios[process.argv[2]]()
