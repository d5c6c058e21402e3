// Back from a mailed link or from a provider: the address tells how it ended.

import { nhost } from './client.js'
import { keep } from './errand.js'
import { bring } from './id_token.js'
import { exchange } from './pkce.js'
import { enter } from './screen.js'

const TOLD = {
  emailConfirmChange: 'Your new address is confirmed.',
  passwordReset: 'You are signed in by the mail. Set a new password now, under “Password”.',
  verifyEmail: 'Your address is confirmed, and you are signed in.'
}

/** Takes what the address holds, once: tokens must not stay in the address bar and the history. */
export async function arrive() {
  const query = new URLSearchParams(location.search)
  const fragment = new URLSearchParams(location.hash.slice(1))
  keep()
  if (query.has('error')) throw new Error(`That did not work: ${query.get('errorDescription') ?? query.get('error')}.`)
  if (query.has('mfaTicket')) return enter({ mfa: { ticket: query.get('mfaTicket') } })
  if (query.has('code')) {
    const purpose = query.get('type') === 'passwordReset' ? 'reset' : 'provider'
    return exchange(query.get('code'), purpose, TOLD[query.get('type')])
  }
  if (fragment.has('state')) return bring(fragment)
  if (query.get('state') === 'connected') return 'The provider is connected.'
  if (!query.has('refreshToken')) return ''
  // A mail may be opened in another browser than the one that asked for it, so what it brings is good in any.
  const { body } = await nhost.auth.refreshToken({ refreshToken: query.get('refreshToken') })
  return enter({ session: body }, TOLD[query.get('type')])
}
