// Runs one scenario with the real client: node run.mjs NAME. AUTH_URL says where the server is, SDK where the package.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'

const { AUTH_URL, SDK } = process.env
const require = createRequire(SDK)
const { createClient } = require('@nhost/nhost-js')
const { FetchError } = require('@nhost/nhost-js/fetch')
const { MemoryStorage } = require('@nhost/nhost-js/session')

const password = 'Correct-horse-7'
const nowhere = `${AUTH_URL}/nowhere`
const address = () => `ann.${Math.random().toString(36).slice(2)}@example.com`

function client() {
  return createClient({
    authUrl: AUTH_URL,
    storageUrl: nowhere,
    graphqlUrl: nowhere,
    functionsUrl: nowhere,
    storage: new MemoryStorage()
  })
}

async function refused(promise, status, code) {
  const error = await promise.then(() => assert.fail('was not refused'), (reason) => reason)
  assert.ok(error instanceof FetchError, `${error}`)
  assert.deepEqual([error.status, error.body.error, error.body.status], [status, code, status])
  assert.equal(error.message, error.body.message)
  return error
}

const scenarios = {
  async signUpSignInAndOut() {
    const nhost = client()
    const email = address()
    const options = { displayName: 'Ann', metadata: { plan: 'free' } }
    const signedUp = await nhost.auth.signUpEmailPassword({ email, password, options })
    assert.equal(signedUp.status, 200)
    const { user } = signedUp.body.session
    assert.equal(nhost.getUserSession().decodedToken.sub, user.id)

    const me = (await nhost.auth.getUser()).body
    assert.deepEqual([me.id, me.email, me.displayName, me.metadata], [user.id, email, 'Ann', { plan: 'free' }])

    const { refreshToken } = nhost.getUserSession()
    assert.equal((await nhost.auth.signOut({ refreshToken })).body, 'OK')
    assert.equal(nhost.getUserSession(), null)
    await refused(client().auth.refreshToken({ refreshToken }), 401, 'invalid-refresh-token')

    const signedIn = await nhost.auth.signInEmailPassword({ email, password })
    assert.equal(signedIn.body.session.user.id, user.id)
    assert.equal(nhost.getUserSession().accessToken, signedIn.body.session.accessToken)
  },

  async refreshKeepsTheSession() {
    const nhost = client()
    await nhost.auth.signUpEmailPassword({ email: address(), password })
    const before = nhost.getUserSession()
    const after = await nhost.refreshSession(0)
    assert.notEqual(after.refreshToken, before.refreshToken)
    assert.equal(after.refreshTokenId, before.refreshTokenId)
    assert.equal(nhost.getUserSession().refreshToken, after.refreshToken)
    assert.equal((await nhost.auth.getUser()).body.id, before.user.id)

    // A client that never got the answer asks again and is not thrown out.
    const again = await client().auth.refreshToken({ refreshToken: before.refreshToken })
    assert.equal(again.body.refreshToken, after.refreshToken)
  },

  async guestBecomesAUser() {
    const nhost = client()
    const guest = (await nhost.auth.signInAnonymous({ displayName: 'Guest' })).body.session.user
    assert.equal(guest.isAnonymous, true)
    await refused(nhost.auth.getUser(), 403, 'forbidden-anonymous')

    const email = address()
    const converted = await nhost.auth.deanonymizeUser({ signInMethod: 'email-password', email, password })
    assert.equal(converted.body, 'OK')
    const session = await nhost.refreshSession(0)
    assert.deepEqual([session.user.id, session.user.isAnonymous], [guest.id, false])
    assert.equal((await nhost.auth.getUser()).body.email, email)
    const other = { signInMethod: 'email-password', email: address(), password }
    await refused(nhost.auth.deanonymizeUser(other), 400, 'user-not-anonymous')
  },

  async errorsReachTheCaller() {
    const email = address()
    await refused(client().auth.signInEmailPassword({ email, password }), 401, 'invalid-email-password')
    await client().auth.signUpEmailPassword({ email, password })
    await refused(client().auth.signUpEmailPassword({ email, password }), 409, 'user-already-exists')
    const roles = { email: address(), password, options: { allowedRoles: ['admin'] } }
    await refused(client().auth.signUpEmailPassword(roles), 400, 'role-not-allowed')
    const short = { email: address(), password: 'ab' }
    const fault = await refused(client().auth.signUpEmailPassword(short), 400, 'schema-validation-error')
    assert.equal(fault.message, 'minimum string length is 3')
    await refused(client().auth.getUser(), 401, 'unauthorized')
  },

  async serverTellsItsState() {
    const { auth } = client()
    assert.equal((await auth.healthCheckGet()).body, 'OK')
    assert.match((await auth.getVersion()).body.version, /^\d+\.\d+/)
    const { keys } = (await auth.getJWKs()).body
    assert.deepEqual([keys.length, keys[0].kty, keys[0].alg], [1, 'RSA', 'RS256'])
    const nhost = client()
    const { accessToken } = (await nhost.auth.signInAnonymous()).body.session
    const [header] = accessToken.split('.')
    assert.equal(JSON.parse(Buffer.from(header, 'base64url')).kid, keys[0].kid)
    assert.equal((await auth.verifyToken({ token: accessToken })).body, 'OK')
  }
}

const [, , name] = process.argv
if (name === '--list') console.log(Object.keys(scenarios).join('\n'))
else await scenarios[name]()
process.exit(0)
