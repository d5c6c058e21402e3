// A code by e-mail, for somebody new as for somebody known.

import { nhost } from './client.js'
import { enter, onCode } from './screen.js'

onCode(
  'email-code',
  ({ email }) => nhost.auth.signInOTPEmail({ email }),
  async ({ email, otp }) => enter((await nhost.auth.verifySignInOTPEmail({ email, otp })).body)
)
