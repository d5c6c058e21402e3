// Another e-mail address: it counts once the link that is mailed to it was followed. Until an address is confirmed, the
// mail that asks for it can be had again.

import { nhost, redirectTo } from './client.js'
import { byId, onShowUser, onSubmit } from './screen.js'

const options = () => ({ redirectTo: redirectTo() })

onSubmit('change-email', async ({ newEmail }, _button, form) => {
  await nhost.auth.changeUserEmail({ newEmail, options: options() })
  form.reset()
  return 'A mail is on its way to the new address: follow its link.'
})

onShowUser(({ email, emailVerified }) => {
  byId('confirm-email').hidden = !email || emailVerified
})

onSubmit('confirm-email', async () => {
  const { email } = nhost.getUserSession().user
  await nhost.auth.sendVerificationEmail({ email, options: options() })
  return 'The confirming mail was sent again.'
})
