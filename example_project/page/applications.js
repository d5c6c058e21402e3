// Applications that you have let in, and the end of any of it.

import { ask } from './client.js'
import { allInWords, applicationName } from './scopes.js'
import { byId, onShowUser, onSubmit } from './screen.js'
import { moment } from './words.js'

if (byId('applications')) {
  onShowUser(async () => {
    const { applications } = await ask('GET', '/user/applications')
    byId('applications').replaceChildren(...applications.map(applicationItem))
    byId('no-applications').hidden = applications.length > 0
  })
}

function applicationItem({ id, clientId, name, scopes, createdAt, lastUsedAt }) {
  const item = byId('application-item').content.cloneNode(true)
  const shown = applicationName(name, clientId)
  const used = lastUsedAt ? `last used ${moment(lastUsedAt)}` : 'not used since'
  item.querySelector('.name').textContent = shown
  item.querySelector('.scopes').textContent = `${allInWords(scopes).join('. ')}.`
  item.querySelector('.when').textContent = `Let in ${moment(createdAt)}, ${used}`
  item.querySelector('button').setAttribute('aria-label', `Revoke ${shown}`)
  onSubmit(item.querySelector('form'), async () => {
    await ask('DELETE', `/user/applications/${id}`)
    return `${shown} was revoked. It is asked for again when it comes back.`
  })
  return item
}
