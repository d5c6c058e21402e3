// The page: every import is a way in, or what somebody signed in can do. Each file stands on its own.

import './email_password.js'
import './magic_link.js'
import './email_code.js'
import './sms_code.js'
import './passkeys.js'
import './social.js'
import './id_token.js'
import './personal_access_tokens.js'
import './anonymous.js'
import './second_factor.js'
import './elevation.js'
import './sessions.js'
import './change_email.js'
import './change_phone_number.js'
import './change_password.js'
import './provider_tokens.js'
import './session.js'
import './applications.js'
import './consent.js'
import './device.js'
import './logout.js'

import { arrive } from './arrival.js'
import { perform } from './screen.js'
import { SESSION } from './storage.js'

perform(arrive)
addEventListener('storage', ({ key }) => key === SESSION && perform(() => '')) // signed in or out in another tab
