// Passkeys: a finger, a face, a PIN or a security key. Signing in asks no address: the browser knows its passkeys.

import { ask, nhost, redirectTo } from './client.js'
import { byId, enter, onShowUser, onSubmit } from './screen.js'
import { makeKey, useKey } from './webauthn.js'
import { moment } from './words.js'

onSubmit('passkey-sign-in', async () => {
  const options = await nhost.auth.signInWebauthn()
  const credential = await useKey(options.body)
  return enter((await nhost.auth.verifySignInWebauthn({ credential })).body)
})

onSubmit('passkey-sign-up', async ({ email }, _button, form) => {
  const options = await nhost.auth.signUpWebauthn({ email, options: { redirectTo: redirectTo() } })
  const credential = await makeKey(options.body)
  const { body } = await nhost.auth.verifySignUpWebauthn({ credential, options: { redirectTo: redirectTo() } })
  form.reset()
  return enter(body, 'You are signed up.')
})

onSubmit('passkey-add', async ({ nickname }, _button, form) => {
  const options = await nhost.auth.addSecurityKey()
  const credential = await makeKey(options.body)
  await nhost.auth.verifyAddSecurityKey({ credential, ...(nickname && { nickname }) })
  form.reset()
  return 'The passkey was added.'
})

if (byId('passkeys')) {
  onShowUser(async () => {
    const { keys } = await ask('GET', '/user/webauthn/keys')
    byId('passkeys').replaceChildren(...keys.map(keyItem))
    byId('no-passkeys').hidden = keys.length > 0
  })
}

const nameOf = (key) => key.nickname || 'unnamed'

function keyItem(key, _index, keys) {
  const item = byId('passkey').content.cloneNode(true)
  item.querySelector('input').value = key.nickname ?? ''
  for (const button of item.querySelectorAll('button')) {
    button.setAttribute('aria-label', `${button.textContent} ${nameOf(key)}`)
  }
  const used = key.lastUsedAt ? `last used ${moment(key.lastUsedAt)}` : 'not used since'
  item.querySelector('.meta').textContent = `Made ${moment(key.createdAt)}, ${used}${key.backedUp ? ', synced' : ''}`
  onSubmit(item.querySelector('form'), ({ nickname }, button) =>
    button === 'remove' ? removeKey(key, keys.length === 1) : renameKey(key, nickname)
  )
  return item
}

async function renameKey(key, nickname) {
  await ask('PATCH', `/user/webauthn/keys/${key.id}`, { nickname })
  return 'The passkey was renamed.'
}

async function removeKey(key, isOnly) {
  const loss = isOnly ? 'It is your only one: be sure that you have another way in.' : 'It will not sign you in any more.'
  if (!confirm(`Remove the passkey “${nameOf(key)}”? ${loss}`)) return ''
  await ask('DELETE', `/user/webauthn/keys/${key.id}`)
  return 'The passkey was removed. Your device still has its half: forget it there too.'
}
