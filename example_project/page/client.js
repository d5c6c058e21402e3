// The one client of the page. It keeps the session (storage.js), sends it along and renews it before it ends.

import { createClient } from '@nhost/nhost-js'
import {
  attachAccessTokenMiddleware,
  createEnhancedFetch,
  FetchError,
  sessionRefreshMiddleware
} from '@nhost/nhost-js/fetch'
import { storage } from './storage.js'

const { api } = document.querySelector('#app').dataset

/** What fetch throws differs from browser to browser. */
const reach = (next) => (url, options) =>
  next(url, options).catch(() => {
    throw new Error('The server cannot be reached.')
  })

export const nhost = createClient({ authUrl: location.origin + api, storage })
nhost.auth.pushChainFunction(reach)

/** Where mailed links and providers send people back to: this page, which AUTH_CLIENT_URL or the list beside it allows. */
export const redirectTo = () => location.href

const fetchAsUser = createEnhancedFetch([
  sessionRefreshMiddleware(nhost.auth, nhost.sessionStorage),
  attachAccessTokenMiddleware(nhost.sessionStorage),
  reach
])

/** Asks an endpoint that nhost-js has no method for: those that only this server has, and Nhost's newest. */
export async function ask(method, path, body) {
  const headers = body ? { 'Content-Type': 'application/json' } : {}
  const reply = await fetchAsUser(nhost.auth.baseURL + path, { method, headers, body: body && JSON.stringify(body) })
  const answer = await reply.json().catch(() => null)
  if (!reply.ok) throw new FetchError(answer, reply.status, reply.headers)
  return answer
}
