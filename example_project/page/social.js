// Social providers. The browser goes there and comes back with a code, which is good only together with the verifier
// that stays here (PKCE): who reads the address gets nothing.

import { createAPIClient, generatePKCEPair } from '@nhost/nhost-js/auth'
import { nhost, redirectTo } from './client.js'
import { enter, onSubmit } from './screen.js'

const VERIFIER = 'nhostPkceVerifier'

// A provider sends people back to the address that the server knows of itself, with a cookie from the way there.
const { baseURL, signInProviderURL } = createAPIClient(document.querySelector('#app').dataset.server)

onSubmit('social', async (_values, provider) => {
  const { verifier, challenge } = await generatePKCEPair()
  sessionStorage.setItem(VERIFIER, verifier)
  location.assign(signInProviderURL(provider, { redirectTo, codeChallenge: challenge }))
  return 'The provider takes over.'
})

onSubmit('social-connect', async (_values, provider) => {
  await nhost.refreshSession() // whose token has to last until the provider is through
  const { accessToken } = nhost.getUserSession()
  location.assign(signInProviderURL(provider, { redirectTo, connect: accessToken, state: 'connected' }))
  return 'The provider takes over.'
})

/** The session for a code that a provider sent somebody back with. */
export async function exchange(code) {
  const codeVerifier = sessionStorage.getItem(VERIFIER)
  sessionStorage.removeItem(VERIFIER)
  if (!codeVerifier) throw new Error('This visit to the provider began in another tab. Begin again.')
  const { body } = await nhost.auth.tokenExchange({ code, codeVerifier })
  return enter(body)
}
