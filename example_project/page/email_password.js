// An e-mail address and a password; a mail for those who forgot it, and the confirming mail once more.

import { nhost, redirectTo } from './client.js'
import { challenge } from './pkce.js'
import { enter, onSubmit } from './screen.js'

const options = () => ({ redirectTo: redirectTo() })

onSubmit('email-password', async ({ email, password }, button, form) => {
  const answer =
    button === 'sign-up'
      ? await nhost.auth.signUpEmailPassword({ email, password, options: options() })
      : await nhost.auth.signInEmailPassword({ email, password })
  form.reset()
  return enter(answer.body, button === 'sign-up' ? 'You are signed up.' : 'You are signed in.')
})

onSubmit('email-password-help', async ({ email }, button) => {
  if (button === 'confirm') {
    await nhost.auth.sendVerificationEmail({ email, options: options() })
    return 'The confirming mail was sent again.'
  }
  await nhost.auth.sendPasswordResetEmail({ email, options: options(), codeChallenge: await challenge('reset') })
  return 'If there is an account with this address, a mail is on its way. Its link signs you in, in this browser; then set a new password.'
})
