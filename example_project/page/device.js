// A device without a browser shows a code, and its user types that in here (RFC 8628).
// A stranger may send somebody a code of a device of theirs: so all is shown, and nothing happens by a link alone.

import { showAccount } from './account.js'
import { ask } from './client.js'
import { keep, onErrand, query } from './errand.js'
import { applicationName, scopeItems } from './scopes.js'
import { byId, onSubmit } from './screen.js'
import { deviceName, moment } from './words.js'

let shown = ''

onErrand('device', async (user) => {
  byId('purpose').textContent = 'Sign in to let a device in.'
  byId('device-asked').hidden = !(user && shown)
  if (!user) return hide()
  showAccount('device', user)
  if (shown || !query().has('user_code')) return undefined
  byId('device-code').elements.userCode.defaultValue = query().get('user_code')
  return show(query().get('user_code'))
})

onSubmit('device-code', async ({ userCode }) => {
  const told = await show(userCode.trim().toUpperCase())
  byId('device-asked-title').focus()
  return told
})

onSubmit('device-answer', async (_values, button, form) => {
  await ask('POST', '/oauth2/device', { userCode: shown, approve: button === 'allow' })
  hide()
  byId('device-code').elements.userCode.defaultValue = ''
  byId('device-code').reset()
  return button === 'allow' ? 'The device is let in: it goes on by itself.' : 'The device was refused.'
})

async function show(userCode) {
  hide()
  keep(['view']) // a code is looked up once, whatever comes of it
  const asked = await ask('GET', `/oauth2/device?${new URLSearchParams({ user_code: userCode })}`)
  byId('device-name').textContent = applicationName(asked.clientName, asked.clientId)
  byId('device-shown-code').textContent = userCode
  byId('device-place').textContent = `${deviceName(asked.device)}, at ${asked.ip ?? 'an unknown address'}`
  byId('device-begun').textContent = moment(asked.createdAt)
  byId('device-scopes').replaceChildren(...scopeItems(asked.scopes))
  byId('device-asked').hidden = false
  shown = userCode
  return 'Look whether this is your device, and what it asks for.'
}

function hide() {
  shown = ''
  byId('device-asked').hidden = true
}
