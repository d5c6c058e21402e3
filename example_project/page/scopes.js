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

export const inWords = (scope) =>
  scope.startsWith(ROLE)
    ? `Read and change data in your name, with the role “${scope.slice(ROLE.length)}” alone`
    : IN_WORDS[scope] ?? scope

export const scopeItems = (scopes) =>
  scopes.map((scope) => {
    const item = document.createElement('li')
    item.textContent = inWords(scope)
    return item
  })

/** An application by its name; one that has none by its id, or by the host that this names. */
export const applicationName = (name, clientId) => name || (URL.canParse(clientId) ? new URL(clientId).host : clientId)
