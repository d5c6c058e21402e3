// A guest without any address, who can become a user later and keeps the id, and with it what belongs to it.

import { ask, nhost, redirectTo } from './client.js'
import { enter, onCode, onSubmit } from './screen.js'

const options = () => ({ redirectTo: redirectTo() })

onSubmit('anonymous', async ({ displayName }) => {
  const { body } = await nhost.auth.signInAnonymous(displayName ? { displayName } : {})
  return enter(body, 'You are a guest.')
})

onSubmit('upgrade-password', async ({ email, password }) => {
  await nhost.auth.deanonymizeUser({ signInMethod: 'email-password', email, password, options: options() })
  return renew()
})

onSubmit('upgrade-link', async ({ email }) => {
  await nhost.auth.deanonymizeUser({ signInMethod: 'passwordless', email, options: options() })
  return renew()
})

onCode(
  'upgrade-sms',
  ({ phoneNumber }) => ask('POST', '/user/deanonymize/sms', { phoneNumber }),
  async ({ phoneNumber, otp }) => {
    const { body } = await nhost.auth.verifySignInPasswordlessSms({ phoneNumber, otp })
    return enter(body, 'You are a user now.')
  }
)

/** The token in hand still says guest. Where the address has to be confirmed first, the session has ended instead. */
async function renew() {
  try {
    await nhost.auth.refreshToken({ refreshToken: nhost.getUserSession().refreshToken })
    return 'You are a user now.'
  } catch {
    nhost.clearSession()
    return 'You are a user now. A mail was sent to confirm the address: follow its link to go on.'
  }
}
