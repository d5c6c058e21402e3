// Another e-mail address: it counts once the link that is mailed to it was followed.

import { nhost, redirectTo } from './client.js'
import { onSubmit } from './screen.js'

onSubmit('change-email', async ({ newEmail }, _button, form) => {
  await nhost.auth.changeUserEmail({ newEmail, options: { redirectTo } })
  form.reset()
  return 'A mail is on its way to the new address: follow its link.'
})
