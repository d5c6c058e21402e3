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

/** The name a browser gives itself holds those of all it wants to be taken for: the first that is found here is its own. */
const BROWSERS = { 'Edg/': 'Edge', 'OPR/': 'Opera', 'Firefox/': 'Firefox', 'Chrome/': 'Chrome', 'Safari/': 'Safari' }
const SYSTEMS = { iPhone: 'iPhone', iPad: 'iPad', Android: 'Android', Windows: 'Windows', 'Mac OS X': 'macOS', Linux: 'Linux' }

function deviceName(device) {
  if (!device) return 'an unknown device'
  const known = (names) => names[Object.keys(names).find((part) => device.includes(part))]
  const [browser, system] = [known(BROWSERS), known(SYSTEMS)]
  return browser && system ? `${browser} on ${system}` : device
}
