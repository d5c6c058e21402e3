// A code by e-mail. Signing in takes somebody new too, signing up nobody else.

import { nhost } from './client.js'
import { enter, onCode } from './screen.js'

onCode(
  'email-code',
  ({ email }, button) => (button === 'sign-up' ? nhost.auth.signUpOTPEmail({ email }) : nhost.auth.signInOTPEmail({ email })),
  async ({ email, otp }) => enter((await nhost.auth.verifySignInOTPEmail({ email, otp })).body)
)
