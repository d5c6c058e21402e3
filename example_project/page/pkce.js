// PKCE: whoever reads the address that somebody comes back by, or the mail it is in, gets nothing. The code in it is
// good only together with the verifier that stays in this browser.

import { generatePKCEPair } from '@nhost/nhost-js/auth'
import { nhost } from './client.js'
import { enter } from './screen.js'

const key = (purpose) => `nhostPkceVerifier.${purpose}`

/** What is sent along to begin. In localStorage, for a mailed link opens a tab of its own. */
export async function challenge(purpose) {
  const pair = await generatePKCEPair()
  localStorage.setItem(key(purpose), pair.verifier)
  return pair.challenge
}

/** The session for the code that somebody came back with. */
export async function exchange(code, purpose, told) {
  const codeVerifier = localStorage.getItem(key(purpose))
  localStorage.removeItem(key(purpose))
  if (!codeVerifier) throw new Error('This was begun in another browser. Begin again in this one.')
  const { body } = await nhost.auth.tokenExchange({ code, codeVerifier })
  return enter(body, told)
}
