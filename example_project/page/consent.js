// The consent page: an application wants to sign somebody in, and they say whether it may.
// AUTH_OAUTH2_PROVIDER_LOGIN_URL leads here; what is asked has the id `request_id`.

import { showAccount } from './account.js'
import { ask, nhost } from './client.js'
import { endErrand, onErrand, query } from './errand.js'
import { applicationName, scopeItems } from './scopes.js'
import { byId, onSubmit } from './screen.js'

const requestId = () => query().get('request_id')

let isAnswered = false

onErrand('consent', async (user) => {
  if (isAnswered) return undefined
  byId('consent-asked').hidden = true // nobody agrees to what is not shown
  const asked = await read()
  // Of the prompt the server tells who is signed in alone; to others the address does.
  const prompt = asked.prompt ?? (query().get('prompt') ?? '').split(' ')
  byId('purpose').textContent = `${target(asked)} asks you to sign in.`
  byId('consent-cancel').hidden = false
  if (prompt.includes('none')) return answerSilently(asked, user)
  if (!user) return undefined
  paint(asked, user)
  const goesOn = asked.consented && !asked.signInAgain && !prompt.includes('select_account')
  return goesOn ? allow() : undefined
})

onSubmit('consent-cancel', () => refuse())
onSubmit('consent-answer', (_values, button) => (button === 'refuse' ? refuse() : allow().catch(again)))

/** What cannot be answered any more is no errand. */
async function read() {
  try {
    return (await nhost.auth.oauth2LoginGet({ request_id: requestId() ?? '' })).body
  } catch (reason) {
    if (reason.body) endErrand()
    byId('consent-cancel').hidden = true
    throw reason
  }
}

function paint(asked, user) {
  byId('consent-name').textContent = applicationName(asked.clientName, asked.clientId)
  byId('consent-client').textContent = asked.clientId
  byId('consent-target').textContent = target(asked)
  byId('consent-scopes').replaceChildren(...scopeItems(asked.scopes))
  showAccount('consent', user)
  byId('consent-guest').hidden = !user.isAnonymous
  showAgain(asked.signInAgain, user.isAnonymous)
  byId('consent-asked').hidden = false
}

function showAgain(isWanted, isGuest = false) {
  byId('consent-again').hidden = !isWanted
  byId('consent-allow').hidden = isWanted || isGuest
  byId('consent-other').textContent = isWanted ? 'Sign in again' : 'Use another account'
  byId('consent-other').classList.toggle('quiet', !isWanted)
}

/** While somebody read, the sign-in may have become older than the application wants it. */
function again(reason) {
  if (reason.body?.error === 'sign-in-again') showAgain(true)
  throw reason
}

/** `prompt=none`: the application wants an answer that asks nobody. */
function answerSilently(asked, user) {
  if (!user || asked.signInAgain) return refuse('login_required')
  if (!asked.consented) return refuse('consent_required')
  return allow().catch(() => refuse('interaction_required'))
}

async function allow() {
  return leave((await nhost.auth.oauth2LoginPost({ requestId: requestId() })).body)
}

async function refuse(reason = 'access_denied') {
  return leave(await ask('POST', '/oauth2/login/refuse', { requestId: requestId(), reason }))
}

const target = ({ redirectUri }) => new URL(redirectUri).host || new URL(redirectUri).protocol

/** Where the server says. Addresses of the web and of apps, whose schemes have a dot, are followed: none is a script. */
function leave({ redirectUri }) {
  if (!/^(https?|[^:]+\.[^:]+):$/.test(new URL(redirectUri).protocol)) throw new Error('The application’s address cannot be followed.')
  isAnswered = true
  byId('consent-answer').hidden = true
  location.replace(redirectUri) // the way back leads to the application, not here
  return 'You go back to the application.'
}
