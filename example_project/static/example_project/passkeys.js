// Passkeys by the API alone. The session is a variable of this page and nowhere else: neither the address bar nor any
// storage, which scripts of a later day could read, ever holds a token.

const page = document.querySelector('#passkeys')
const outcome = document.querySelector('#outcome')
const error = document.querySelector('#error')
const signedOut = document.querySelector('#signed-out')
const signedIn = document.querySelector('#signed-in')

let session = null
let busy = false

// The API

class Refused extends Error {}

async function ask(method, path, body, token) {
  const headers = {}
  if (body) headers['Content-Type'] = 'application/json'
  if (token) headers.Authorization = `Bearer ${token}`
  const options = { method, headers, body: body && JSON.stringify(body), credentials: 'omit', cache: 'no-store' }
  const reply = await fetch(page.dataset.api + path, options)
  const answer = await reply.json().catch(() => null)
  if (reply.ok) return answer
  throw new Refused(answer?.message ?? `The server answered ${reply.status}.`)
}

async function askAsUser(method, path, body) {
  if (Date.now() > session.endsAt) await refresh()
  return ask(method, path, body, session.accessToken)
}

async function refresh() {
  const { refreshToken } = session
  try {
    open(await ask('POST', '/token', { refreshToken }))
  } catch (reason) {
    if (reason instanceof Refused) session = null
    throw reason
  }
}

function open(opened) {
  const spare = 30 // seconds for a request to arrive in
  session = { ...opened, endsAt: Date.now() + (opened.accessTokenExpiresIn - spare) * 1000 }
}

// The browser's keys. The API gives and takes WebAuthn's JSON; browsers that cannot read it want bytes.

function decode(text) {
  const bytes = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(bytes, (byte) => byte.charCodeAt(0))
}

function encode(buffer) {
  const text = btoa(String.fromCharCode(...new Uint8Array(buffer)))
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

const decodeIds = (descriptors = []) => descriptors.map((one) => ({ ...one, id: decode(one.id) }))

function creationOptions(json) {
  if (PublicKeyCredential.parseCreationOptionsFromJSON) return PublicKeyCredential.parseCreationOptionsFromJSON(json)
  return {
    ...json,
    challenge: decode(json.challenge),
    user: { ...json.user, id: decode(json.user.id) },
    excludeCredentials: decodeIds(json.excludeCredentials)
  }
}

function requestOptions(json) {
  if (PublicKeyCredential.parseRequestOptionsFromJSON) return PublicKeyCredential.parseRequestOptionsFromJSON(json)
  return { ...json, challenge: decode(json.challenge), allowCredentials: decodeIds(json.allowCredentials) }
}

function asJson(credential) {
  if (credential.toJSON) return credential.toJSON()
  const { id, type, response } = credential
  const json = { clientDataJSON: encode(response.clientDataJSON) }
  for (const name of ['attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
    if (response[name]) json[name] = encode(response[name])
  }
  if (response.getTransports) json.transports = response.getTransports()
  return { id, rawId: id, type, response: json, clientExtensionResults: credential.getClientExtensionResults() }
}

const makeKey = async (json) => asJson(await navigator.credentials.create({ publicKey: creationOptions(json) }))
const useKey = async (json) => asJson(await navigator.credentials.get({ publicKey: requestOptions(json) }))

// What can be done here. Each tells how it ended.

async function signUp({ email }) {
  const credential = await makeKey(await ask('POST', '/signup/webauthn', { email }))
  const answer = await ask('POST', '/signup/webauthn/verify', { credential })
  if (!answer.session) return document.querySelector('#mail-sent').content.cloneNode(true)
  open(answer.session)
  return 'You are signed up.'
}

async function signIn() {
  const credential = await useKey(await ask('POST', '/signin/webauthn'))
  const answer = await ask('POST', '/signin/webauthn/verify', { credential })
  if (!answer.session) throw new Error('Your account asks for a second factor too, which this page does not know.')
  open(answer.session)
  return 'You are signed in.'
}

async function signOut() {
  const { refreshToken } = session
  await ask('POST', '/signout', { refreshToken })
  session = null
  return 'You are signed out.'
}

async function addKey({ nickname }, form) {
  const credential = await makeKey(await askAsUser('POST', '/user/webauthn/add'))
  await askAsUser('POST', '/user/webauthn/verify', { credential, ...(nickname && { nickname }) })
  form.reset()
  return 'The key was added.'
}

async function renameKey(key, nickname) {
  await askAsUser('PATCH', `/user/webauthn/keys/${key.id}`, { nickname })
  return 'The key was renamed.'
}

async function removeKey(key, isOnly) {
  const loss = isOnly ? 'It is your only one: you cannot sign in here again.' : 'It will not sign you in any more.'
  if (!confirm(`Remove the key “${nameOf(key)}”? ${loss}`)) return ''
  await askAsUser('DELETE', `/user/webauthn/keys/${key.id}`)
  return 'The key was removed. Your device still has its half: forget it there too.'
}

async function elevate() {
  const credential = await useKey(await askAsUser('POST', '/elevate/webauthn'))
  const answer = await askAsUser('POST', '/elevate/webauthn/verify', { credential })
  const { refreshToken } = session
  open(answer.session)
  await ask('POST', '/signout', { refreshToken }) // the proof came with a session of its own; one is enough
  return 'You proved that it is you.'
}

// What is shown

const nameOf = (key) => key.nickname || 'unnamed'

const moment = (text) => new Date(text).toLocaleString('en', { dateStyle: 'long', timeStyle: 'short' })

function keyItem(key, _index, keys) {
  const item = document.querySelector('#key').content.cloneNode(true)
  item.querySelector('input').value = key.nickname ?? ''
  for (const button of item.querySelectorAll('button')) {
    button.setAttribute('aria-label', `${button.textContent} ${nameOf(key)}`)
  }
  const used = key.lastUsedAt ? `last used ${moment(key.lastUsedAt)}` : 'not used since'
  item.querySelector('.meta').textContent = `made ${moment(key.createdAt)}, ${used}${key.backedUp ? ', synced' : ''}`
  onSubmit(item.querySelector('form'), ({ nickname }, form, button) =>
    button?.value === 'remove' ? removeKey(key, keys.length === 1) : renameKey(key, nickname)
  )
  return item
}

async function show() {
  if (!session) return
  const { keys } = await askAsUser('GET', '/user/webauthn/keys')
  const { methods, sessionElevated } = await askAsUser('GET', '/elevate')
  document.querySelector('#who').textContent = session.user.email ?? session.user.displayName
  document.querySelector('#keys').replaceChildren(...keys.map(keyItem))
  document.querySelector('#no-keys').hidden = keys.length > 0
  document.querySelector('#elevated').textContent = `This session is ${sessionElevated ? '' : 'not '}elevated.`
  document.querySelector('#elevate button').disabled = !methods.includes('webauthn')
}

function turn() {
  const turned = signedIn.hidden === Boolean(session)
  signedIn.hidden = !session
  signedOut.hidden = Boolean(session)
  return turned
}

function say(region, told) {
  region.replaceChildren()
  if (!told) return
  const note = document.createElement('p')
  note.className = 'note'
  note.append(told)
  region.append(note)
}

function explain(reason) {
  if (reason.name === 'NotAllowedError') return 'No key was used: you declined, or it took too long.'
  if (reason.name === 'InvalidStateError') return 'This device has one of your keys already.'
  return reason.message
}

/** Keyboards and screen readers go on where the page goes on, not at a button that is there no more. */
function moveFocus(turned) {
  if (turned) document.querySelector(session ? '#signed-in-title' : '#sign-in-title').focus()
  else if (document.activeElement === document.body) document.querySelector('#keys-title').focus()
}

/** Not `disabled`, which would take the focus away. */
function setBusy(now) {
  busy = now
  for (const button of page.querySelectorAll('button')) button.setAttribute('aria-disabled', now)
}

async function perform(action) {
  if (busy) return
  setBusy(true)
  say(outcome)
  say(error)
  try {
    const told = await action()
    await show()
    say(outcome, told)
  } catch (reason) {
    say(error, explain(reason))
  }
  moveFocus(turn())
  setBusy(false)
}

function onSubmit(form, action) {
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    perform(() => action(Object.fromEntries(new FormData(form)), form, event.submitter))
  })
}

const actions = { 'sign-up': signUp, 'sign-in': signIn, 'sign-out': signOut, 'add-key': addKey, elevate }
for (const [id, action] of Object.entries(actions)) onSubmit(document.getElementById(id), action)

if (window.PublicKeyCredential) turn()
else say(error, 'This browser does not use passkeys on this page: they need HTTPS, or the host localhost.')
