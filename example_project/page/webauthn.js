// The browser's half of passkeys: the server's options as JSON in, the device's answer as JSON out.

const NEEDED = 'This browser does not use passkeys on this page: they need HTTPS, or the host localhost.'

/** Has the device make a key. Throws InvalidStateError where it has one already, NotAllowedError where nobody agrees. */
export async function makeKey(options) {
  if (!window.PublicKeyCredential) throw new Error(NEEDED)
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options)
  return (await navigator.credentials.create({ publicKey })).toJSON()
}

/** Has the device prove one of its keys. */
export async function useKey(options) {
  if (!window.PublicKeyCredential) throw new Error(NEEDED)
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options)
  return (await navigator.credentials.get({ publicKey })).toJSON()
}
