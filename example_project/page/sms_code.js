// A code by SMS. Signing in takes somebody new too, signing up nobody else. Numbers are written as +12025550100.

import { nhost } from './client.js'
import { enter, onCode } from './screen.js'

onCode(
  'sms-code',
  ({ phoneNumber }, button) =>
    button === 'sign-up'
      ? nhost.auth.signUpPasswordlessSms({ phoneNumber })
      : nhost.auth.signInPasswordlessSms({ phoneNumber }),
  async ({ phoneNumber, otp }) => enter((await nhost.auth.verifySignInPasswordlessSms({ phoneNumber, otp })).body)
)
