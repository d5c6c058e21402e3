// Which account an errand is for, and the way to take another.

import { nhost } from './client.js'
import { byId, onSubmit } from './screen.js'
import { nameOf } from './words.js'

export function showAccount(view, user) {
  const name = nameOf(user)
  const address = user.email ?? user.phoneNumber
  byId(`${view}-account`).textContent = address && address !== name ? `${name} (${address})` : name
}

for (const form of document.querySelectorAll('.other-account')) {
  onSubmit(form, async () => {
    await nhost.auth.signOut({ refreshToken: nhost.getUserSession().refreshToken })
    return 'You are signed out here. Sign in to go on.'
  })
}
