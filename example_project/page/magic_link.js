// A link by e-mail, for somebody new as for somebody known. arrival.js takes what it brings back.

import { nhost, redirectTo } from './client.js'
import { onSubmit } from './screen.js'

onSubmit('magic-link', async ({ email }) => {
  await nhost.auth.signInPasswordlessEmail({ email, options: { redirectTo } })
  return 'A mail is on its way: follow its link.'
})
