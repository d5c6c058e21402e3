// Another password. It ends all sessions, this one too: whoever knew the old one is out.

import { nhost } from './client.js'
import { enter, onSubmit } from './screen.js'

onSubmit('change-password', async ({ newPassword }) => {
  const { email } = nhost.getUserSession().user
  await nhost.auth.changeUserPassword({ newPassword })
  nhost.clearSession()
  if (!email) return 'Your password is changed, and you are signed out everywhere.'
  const { body } = await nhost.auth.signInEmailPassword({ email, password: newPassword })
  return enter(body, 'Your password is changed. All other sessions were ended.')
})
