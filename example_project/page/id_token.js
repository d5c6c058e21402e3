// ID tokens: a provider's own sign-in, as Google's button or Apple's sheet, hands one to the app, and the app hands it on.
// Here the demo's provider gives one, by OpenID Connect's implicit flow; whatever else gives one ends in bring() too.

import { nhost } from './client.js'
import { keep } from './errand.js'
import { enter, onSubmit } from './screen.js'

const { idTokenPage, idTokenProvider: provider } = document.querySelector('#app').dataset
const VISIT = 'idTokenVisit'

onSubmit('id-token', (_values, purpose) => visit(purpose))
onSubmit('id-token-link', () => visit('link'))

/** The provider is told the nonce's digest alone: a token that somebody got hold of is of no use without the nonce. */
async function visit(purpose) {
  const [nonce, state] = [crypto.randomUUID(), crypto.randomUUID()]
  sessionStorage.setItem(VISIT, JSON.stringify({ purpose, nonce, state, errand: location.search }))
  location.assign(`${idTokenPage}&${new URLSearchParams({ state, nonce: await digest(nonce) })}`)
  return 'The provider takes over.'
}

/** Takes what the provider sent somebody back with. */
export async function bring(answer) {
  const { purpose, nonce, state, errand } = JSON.parse(sessionStorage.getItem(VISIT)) ?? {}
  sessionStorage.removeItem(VISIT)
  if (!state || state !== answer.get('state')) throw new Error('This was begun in another tab. Begin again in this one.')
  keep(undefined, new URLSearchParams(errand)) // the provider knows one address of this page
  if (answer.has('error')) throw new Error(`The provider refused: ${answer.get('error_description')}`)
  const given = { provider, idToken: answer.get('id_token'), nonce }
  if (purpose === 'link') {
    await nhost.auth.linkIdToken(given)
    return 'The provider is connected.'
  }
  if (purpose === 'sign-up') return enter((await nhost.auth.signUpIdToken(given)).body, 'You are signed up.')
  return enter((await nhost.auth.signInIdToken(given)).body)
}

async function digest(text) {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
