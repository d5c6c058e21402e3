// What an application asks for, in plain words.

const ROLE = 'graphql:role:'

const IN_WORDS = {
  openid: 'Know you by an id of your account',
  profile: 'See your name, your picture and your language',
  email: 'See your e-mail address',
  phone: 'See your phone number',
  offline_access: 'Stay signed in while you are away',
  graphql: 'Read and change data in your name, with all your roles'
}

const inWords = (scope) =>
  scope.startsWith(ROLE)
    ? `Read and change data in your name, with the role “${scope.slice(ROLE.length)}” alone`
    : IN_WORDS[scope] ?? scope

/** Always in the same order. */
export const allInWords = (scopes) => {
  const order = [...Object.keys(IN_WORDS), ...scopes]
  return [...scopes].sort((one, other) => order.indexOf(one) - order.indexOf(other)).map(inWords)
}

export const scopeItems = (scopes) =>
  allInWords(scopes).map((words) => {
    const item = document.createElement('li')
    item.textContent = words
    return item
  })

/** An application by its name; one that has none by its id, or by the host that this names. */
export const applicationName = (name, clientId) =>
  name || (/^https?:/.test(clientId) ? new URL(clientId).host : clientId)
