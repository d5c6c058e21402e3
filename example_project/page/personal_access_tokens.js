// Personal access tokens: long-lived, for programs that sign in as you.

import { nhost } from './client.js'
import { byId, enter, onSubmit } from './screen.js'

onSubmit('pat-sign-in', async ({ personalAccessToken }, _button, form) => {
  const { body } = await nhost.auth.signInPAT({ personalAccessToken })
  form.reset()
  return enter(body)
})

onSubmit('pat-create', async ({ name, days }, _button, form) => {
  const expiresAt = new Date(Date.now() + days * 24 * 60 * 60 * 1000).toISOString()
  const { body } = await nhost.auth.createPAT({ expiresAt, metadata: { name } })
  byId('pat').textContent = body.personalAccessToken
  form.reset()
  return 'The token is shown once: copy it now.'
})
