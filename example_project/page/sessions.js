// Where you are signed in, and the end of any of it.

import { ask, nhost } from './client.js'
import { byId, onShowUser, onSubmit } from './screen.js'
import { deviceName, moment } from './words.js'

onShowUser(async () => {
  const { refreshTokenId } = nhost.getUserSession()
  const { sessions } = await ask('GET', `/user/sessions?refreshTokenId=${refreshTokenId}`)
  byId('sessions').replaceChildren(...sessions.map(sessionItem))
})

onSubmit('sign-out-everywhere', async () => {
  await nhost.auth.signOut({ all: true })
  return 'You are signed out everywhere.'
})

function sessionItem(session) {
  const item = byId('session-item').content.cloneNode(true)
  const name = deviceName(session.device)
  item.querySelector('.name').textContent = session.current ? `${name} (this one)` : name
  item.querySelector('.name').title = session.device ?? ''
  item.querySelector('.meta').textContent = `From ${session.ip ?? 'an unknown address'}, last used ${moment(session.lastUsedAt)}`
  const form = item.querySelector('form')
  form.hidden = session.current
  form.querySelector('button').setAttribute('aria-label', `End the session of ${name}, last used ${moment(session.lastUsedAt)}`)
  onSubmit(form, async () => {
    await ask('DELETE', `/user/sessions/${session.id}`)
    return 'The session was ended.'
  })
  return item
}
