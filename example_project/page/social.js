// Social providers: the browser goes there and comes back.

import { createAPIClient } from '@nhost/nhost-js/auth'
import { nhost, redirectTo } from './client.js'
import { challenge } from './pkce.js'
import { onSubmit } from './screen.js'

// A provider sends people back to the address that the server knows of itself, with a cookie from the way there.
const { signInProviderURL, signUpProviderURL } = createAPIClient(document.querySelector('#app').dataset.server)

onSubmit('social', async (_values, provider) => go(signInProviderURL(provider, await returning())))

onSubmit('social-sign-up', async (_values, provider) => go(signUpProviderURL(provider, await returning())))

onSubmit('social-connect', async (_values, provider) => {
  await nhost.refreshSession() // whose token has to last until the provider is through
  const { accessToken } = nhost.getUserSession()
  return go(signInProviderURL(provider, { redirectTo: redirectTo(), connect: accessToken, state: 'connected' }))
})

const returning = async () => ({ redirectTo: redirectTo(), codeChallenge: await challenge('provider') })

function go(address) {
  location.assign(address)
  return 'The provider takes over.'
}
