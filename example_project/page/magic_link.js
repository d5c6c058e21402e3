// A link by e-mail. Signing in takes somebody new too, signing up nobody else. arrival.js takes what the link brings back.

import { nhost, redirectTo } from './client.js'
import { ifNew, onSubmit } from './screen.js'

onSubmit('magic-link', async ({ email }, button) => {
  const asked = { email, options: { redirectTo: redirectTo() } }
  if (button === 'sign-up') await nhost.auth.signUpPasswordlessEmail(asked)
  else await nhost.auth.signInPasswordlessEmail(asked)
  return `A mail is on its way${ifNew(button)}: follow its link.`
})
