// The second factor: codes of an authenticator app, asked for after the password; recovery codes for a lost phone.

import { ask, nhost } from './client.js'
import { byId, emptySecrets, enter, onShowUser, onSubmit, takeTicket } from './screen.js'

onSubmit('second-step-code', async ({ otp }, button, form) => {
  const ticket = takeTicket()
  form.reset()
  if (button === 'cancel') return ''
  return enter((await nhost.auth.verifySignInMfaTotp({ ticket, otp })).body)
})

if (byId('second-factor')) {
  onShowUser(async (user) => {
    const isOn = user.activeMfaType === 'totp'
    byId('second-factor').textContent = isOn ? `It is on. ${await recoveryCodesLeft()}` : 'It is off.'
    byId('second-factor-begin').hidden = isOn
    byId('second-factor-change').hidden = !isOn
    byId('recovery-codes').hidden = !isOn
    if (isOn) byId('second-factor-enrol').hidden = true
  })
}

onSubmit('second-factor-begin', async () => {
  const { imageUrl, totpSecret } = (await nhost.auth.changeUserMfa()).body
  const image = new Image()
  image.src = imageUrl
  image.alt = 'QR code of the secret below'
  byId('second-factor-qr').replaceChildren(image)
  byId('second-factor-secret').textContent = totpSecret
  byId('second-factor-enrol').hidden = false
  byId('second-factor-enrol').querySelector('input').focus()
  return 'Scan the code with an authenticator app, then type in what it shows.'
})

onSubmit('second-factor-on', async ({ code }, _button, form) => {
  await nhost.auth.verifyChangeUserMfa({ code, activeMfaType: 'totp' })
  form.reset()
  emptySecrets()
  return 'The second factor is on. Get recovery codes now, in case the phone is lost.'
})

onSubmit('second-factor-change', async ({ code }, _button, form) => {
  await nhost.auth.verifyChangeUserMfa({ code, activeMfaType: '' })
  form.reset()
  emptySecrets()
  return 'The second factor is off.'
})

onSubmit('recovery-codes', async () => {
  const { recoveryCodes } = await ask('POST', '/mfa/recovery-codes')
  byId('recovery-codes-list').replaceChildren(...recoveryCodes.map(codeItem))
  return 'These recovery codes are shown once: print them or write them down. Earlier ones are void.'
})

async function recoveryCodesLeft() {
  const { remaining } = await ask('GET', '/mfa/recovery-codes')
  return `${remaining} recovery ${remaining === 1 ? 'code is' : 'codes are'} left.`
}

function codeItem(code) {
  const item = document.createElement('li')
  item.textContent = code
  return item
}
