// Another phone number: it counts once the code that is texted to it was typed in.

import { ask } from './client.js'
import { onCode } from './screen.js'

onCode(
  'change-phone-number',
  ({ newPhoneNumber }) => ask('POST', '/user/phone-number/change', { newPhoneNumber }),
  async ({ newPhoneNumber, otp }) => {
    await ask('POST', '/user/phone-number/change/verify', { newPhoneNumber, otp })
    return 'Your phone number is changed.'
  }
)
