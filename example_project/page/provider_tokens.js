// What a social provider lets the app do in the user's name: its tokens, handed out once after each visit.

import { nhost } from './client.js'
import { byId, onSubmit } from './screen.js'
import { moment } from './words.js'

let kept = {}

onSubmit('provider-tokens', async (_values, provider) => {
  const { body } = await nhost.auth.getProviderTokens(provider)
  if (!body.accessToken) return 'This provider is not connected, so it gave none.'
  show(provider, body)
  return 'The provider’s tokens are handed out once: they are this page’s now.'
})

onSubmit('provider-tokens-refresh', async () => {
  const { provider, refreshToken } = kept
  const { body } = await nhost.auth.refreshProviderToken(provider, { refreshToken })
  show(provider, body)
  return 'The provider gave new tokens.'
})

function show(provider, { accessToken, expiresAt, refreshToken }) {
  kept = { provider, refreshToken }
  byId('provider-access-token').textContent = accessToken
  byId('provider-tokens-until').textContent = moment(expiresAt)
  byId('provider-tokens-shown').hidden = false
  byId('provider-tokens-refresh').hidden = !refreshToken
}
