// Who am I, until when, and out again.

import { nhost } from './client.js'
import { byId, onShow, onSubmit } from './screen.js'
import { moment, nameOf } from './words.js'

const confirmed = (text, is) => (text ? `${text} (${is ? 'confirmed' : 'not confirmed'})` : 'none')

onShow((user) => {
  byId('who').textContent = nameOf(user)
  byId('who-email').textContent = confirmed(user.email, user.emailVerified)
  byId('who-phone').textContent = confirmed(user.phoneNumber, user.phoneNumberVerified)
  byId('who-roles').textContent = user.roles.join(', ')
  byId('who-id').textContent = user.id
  byId('who-until').textContent = moment(nhost.getUserSession().decodedToken.exp)
})

onSubmit('session', async (_values, button) => {
  if (button === 'refresh') {
    // nhost-js does this by itself shortly before the access token ends.
    await nhost.refreshSession(0)
    return 'You have a new access token.'
  }
  const { refreshToken } = nhost.getUserSession()
  await nhost.auth.signOut({ refreshToken })
  return 'You are signed out.'
})
