// What went wrong, for people. The codes are the server's; what is not listed says enough in the server's own words.

export const ENDED = 'Your session has ended. Sign in again.'

const BY_CODE = {
  access_denied: 'Your account has not got the role that is asked for.',
  'disabled-endpoint': 'This server does not offer that.',
  'disabled-user': 'This account is disabled.',
  'email-already-verified': 'This address is confirmed already.',
  'invalid-email-password': 'There is no account with this address and this password.',
  'invalid-otp': 'This code is wrong, or too old.',
  'invalid-pat': 'This token is wrong, has expired or was revoked.',
  'invalid-refresh-token': ENDED,
  'invalid-ticket': 'This link or step is too old, or was used before. Begin again.',
  'invalid-totp': 'This code is wrong, or was used before. Take the next one.',
  'internal-server-error': 'The server has failed. Try again later.',
  'otp-too-many-attempts': 'That were too many wrong codes. Ask for a new one.',
  'password-in-hibp-database': 'This password is known from a data leak. Choose another one.',
  'password-too-short': 'This password is too short.',
  'redirectTo-not-allowed': 'This server does not send people back to this page: AUTH_CLIENT_URL names another.',
  'signup-disabled': 'This server takes nobody new.',
  'sign-in-again': 'The application wants you to sign in again first.',
  'too-many-requests': 'That was too often. Wait a while.',
  'unverified-user': 'Confirm your address first: follow the link in the mail.',
  'user-already-exists': 'There is an account with this address already.'
}

const BY_REASON = {
  'elevated claim required': 'This asks for fresh proof that it is you. Give it under “Proof”, then try again.'
}

const BY_MESSAGE = {
  'Authorization request already completed': 'This was answered already. Begin again at the application.',
  'Authorization request expired': 'This request is too old, or was answered already. Begin again at the application.',
  'Unknown authorization request': 'There is no such request. Begin again at the application.',
  'Unknown, expired or used code': 'This code is wrong, too old, or was used already. Look at the device again.'
}

const BY_NAME = {
  InvalidStateError: 'This device has one of your passkeys already.',
  NotAllowedError: 'No passkey was used: you declined, or it took too long.'
}

export function explain(reason) {
  const { body } = reason // of a FetchError, as nhost-js throws it where the server refuses
  const known = BY_CODE[body?.error] ?? BY_REASON[body?.reason] ?? BY_MESSAGE[body?.message]
  return known ?? (body ? reason.message : BY_NAME[reason.name] ?? reason.message)
}

/** A moment that the server tells, as people write it. */
export const moment = (text) => new Date(text).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' })

export const nameOf = (user) => user.displayName || user.email || user.phoneNumber || user.id

/** The name a browser gives itself holds those of all it wants to be taken for: the first that is found here is its own. */
const BROWSERS = { 'Edg/': 'Edge', 'OPR/': 'Opera', 'Firefox/': 'Firefox', 'Chrome/': 'Chrome', 'Safari/': 'Safari' }
const SYSTEMS = { iPhone: 'iPhone', iPad: 'iPad', Android: 'Android', Windows: 'Windows', 'Mac OS X': 'macOS', Linux: 'Linux' }

export function deviceName(device) {
  if (!device) return 'an unknown device'
  const known = (names) => names[Object.keys(names).find((part) => device.includes(part))]
  const [browser, system] = [known(BROWSERS), known(SYSTEMS)]
  return browser && system ? `${browser} on ${system}` : device
}
