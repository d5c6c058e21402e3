// Where you are signed in, and the end of any of it.

import { ask, nhost } from './client.js'
import { byId, onShowUser, onSubmit } from './screen.js'
import { moment } from './words.js'

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
  const name = session.device || 'an unknown device'
  item.querySelector('.name').textContent = session.current ? `${name} (this one)` : name
  item.querySelector('.meta').textContent = `From ${session.ip ?? 'an unknown address'}, last used ${moment(session.lastUsedAt)}`
  const button = item.querySelector('button')
  button.hidden = session.current
  button.setAttribute('aria-label', `End the session of ${name}, last used ${moment(session.lastUsedAt)}`)
  onSubmit(item.querySelector('form'), async () => {
    await ask('DELETE', `/user/sessions/${session.id}`)
    return 'The session was ended.'
  })
  return item
}
