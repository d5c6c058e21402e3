// The browser's half of passkeys. The server gives and takes WebAuthn's JSON; browsers of before 2025 want bytes instead.

const NEEDED = 'This browser does not use passkeys on this page: they need HTTPS, or the host localhost.'

/** Has the device make a key. Throws InvalidStateError where it has one already, NotAllowedError where nobody agrees. */
export async function makeKey(options) {
  if (!window.PublicKeyCredential) throw new Error(NEEDED)
  return asJson(await navigator.credentials.create({ publicKey: creationOptions(options) }))
}

/** Has the device prove one of its keys. */
export async function useKey(options) {
  if (!window.PublicKeyCredential) throw new Error(NEEDED)
  return asJson(await navigator.credentials.get({ publicKey: requestOptions(options) }))
}

function creationOptions(json) {
  if (PublicKeyCredential.parseCreationOptionsFromJSON) return PublicKeyCredential.parseCreationOptionsFromJSON(json)
  return {
    ...json,
    challenge: decode(json.challenge),
    user: { ...json.user, id: decode(json.user.id) },
    excludeCredentials: decodeIds(json.excludeCredentials)
  }
}

function requestOptions(json) {
  if (PublicKeyCredential.parseRequestOptionsFromJSON) return PublicKeyCredential.parseRequestOptionsFromJSON(json)
  return { ...json, challenge: decode(json.challenge), allowCredentials: decodeIds(json.allowCredentials) }
}

function asJson(credential) {
  if (credential.toJSON) return credential.toJSON()
  const { id, type, response } = credential
  const json = { clientDataJSON: encode(response.clientDataJSON) }
  for (const name of ['attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
    if (response[name]) json[name] = encode(response[name])
  }
  if (response.getTransports) json.transports = response.getTransports()
  return { id, rawId: id, type, response: json, clientExtensionResults: credential.getClientExtensionResults() }
}

const decodeIds = (descriptors = []) => descriptors.map((one) => ({ ...one, id: decode(one.id) }))

function decode(text) {
  const bytes = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(bytes, (byte) => byte.charCodeAt(0))
}

function encode(buffer) {
  const text = btoa(String.fromCharCode(...new Uint8Array(buffer)))
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
