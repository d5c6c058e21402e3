// What somebody came for, where the address names it: an application or a device to let in, the end of a sign-in.
// It stays in the address until it is done, and so outlives a reload, mailed links and visits to providers.

const PARAMETERS = ['view', 'request_id', 'prompt', 'user_code', 'client_id']

const errands = {}

/** Has a view take the place of all that somebody signed in can do. `paint` gets the user, null while there is none. */
export function onErrand(view, paint) {
  if (document.getElementById(view)) errands[view] = paint // the server leaves out what is switched off
}

export const query = () => new URLSearchParams(location.search)

/** The name of the view that is wanted, and how it is drawn. */
export const errand = () => Object.entries(errands).find(([view]) => view === query().get('view'))

export const endErrand = () => keep([])

/** Leaves in the address what it is come for, and nothing else. */
export function keep(names = PARAMETERS, from = query()) {
  const kept = String(new URLSearchParams([...from].filter(([name]) => names.includes(name))))
  history.replaceState(null, '', location.pathname + (kept && `?${kept}`))
}
