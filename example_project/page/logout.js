// Back from an application that was signed out of (OpenID Connect RP-Initiated Logout): its sign-in has ended, the one
// of this page has not. AUTH_OAUTH2_PROVIDER_LOGOUT_URL leads here.

import { showAccount } from './account.js'
import { ask, nhost } from './client.js'
import { endErrand, onErrand, query } from './errand.js'
import { applicationName } from './scopes.js'
import { byId, onSubmit } from './screen.js'

onErrand('logout', async (user) => {
  if (!user) {
    endErrand()
    return 'You are signed out.'
  }
  showAccount('logout', user)
  byId('logout-name').textContent = user.isAnonymous ? 'the application' : await name(query().get('client_id'))
  return undefined
})

onSubmit('logout-answer', async (_values, button) => {
  if (button === 'sign-out') await nhost.auth.signOut({ refreshToken: nhost.getUserSession().refreshToken })
  endErrand()
  return button === 'sign-out' ? 'You are signed out.' : 'You stay signed in.'
})

/** Anybody can write an address: only what the user knows is named by it. */
async function name(clientId) {
  const { applications } = await ask('GET', '/user/applications')
  const known = applications.find((application) => application.clientId === clientId)
  return known ? applicationName(known.name, clientId) : 'the application'
}
