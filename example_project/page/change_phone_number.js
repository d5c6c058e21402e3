// Another phone number: it counts once the code that is texted to it was typed in.

import { ask } from './client.js'
import { onCode } from './screen.js'

const path = '/user/phone-number/change'

onCode(
  'change-phone-number',
  ({ newPhoneNumber }) => ask('POST', path, { newPhoneNumber }),
  async ({ newPhoneNumber, otp }) => {
    await ask('POST', `${path}/verify`, { newPhoneNumber, otp })
    return 'Your phone number is changed.'
  }
)
