// Elevation: fresh proof that it is you, which a project can ask for before anything sensitive.
// The proof is in the access token alone, so it lasts until that is renewed.

import { ask, nhost } from './client.js'
import { byId, onCode, onShowUser, onSubmit } from './screen.js'
import { useKey } from './webauthn.js'

const WAYS = {
  webauthn: 'elevate-passkey',
  totp: 'elevate-totp',
  'otp-email': 'elevate-email',
  'otp-sms': 'elevate-sms'
}

onShowUser(async () => {
  const { methods, sessionElevated } = await ask('GET', '/elevate')
  byId('elevated').textContent = sessionElevated ? 'This session is elevated.' : 'This session is not elevated.'
  for (const [method, id] of Object.entries(WAYS)) byId(id).hidden = !methods.includes(method)
  byId('no-elevation').hidden = methods.length > 0
})

onSubmit('elevate-passkey', async () => {
  const options = await nhost.auth.elevateWebauthn()
  const credential = await useKey(options.body)
  return elevate((await nhost.auth.verifyElevateWebauthn({ credential })).body)
})

onSubmit('elevate-totp', async ({ otp }, _button, form) => {
  const answer = await ask('POST', '/elevate/totp', { otp })
  form.reset()
  return elevate(answer)
})

onCode(
  'elevate-email',
  () => ask('POST', '/elevate/otp/email'),
  async ({ otp }) => elevate(await ask('POST', '/elevate/otp/email/verify', { otp }))
)

onCode(
  'elevate-sms',
  () => ask('POST', '/elevate/otp/sms'),
  async ({ otp }) => elevate(await ask('POST', '/elevate/otp/sms/verify', { otp }))
)

/** The proof comes with a session of its own, and one is enough: the former ends. */
async function elevate({ session }) {
  const { refreshToken } = nhost.getUserSession()
  nhost.sessionStorage.set(session)
  await ask('POST', '/signout', { refreshToken }) // by nhost-js it would forget the new one
  return 'You proved that it is you.'
}
