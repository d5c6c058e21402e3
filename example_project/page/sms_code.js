// A code by SMS, for somebody new as for somebody known. Numbers are written as +12025550100.

import { nhost } from './client.js'
import { enter, onCode } from './screen.js'

onCode(
  'sms-code',
  ({ phoneNumber }) => nhost.auth.signInPasswordlessSms({ phoneNumber }),
  async ({ phoneNumber, otp }) => enter((await nhost.auth.verifySignInPasswordlessSms({ phoneNumber, otp })).body)
)
