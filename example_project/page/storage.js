// Where the session is kept: on this device, or as long as this tab is open alone, as people choose before they sign in.

export const SESSION = 'nhostSession'
const CHOICE = 'nhostStaySignedIn'

const places = [sessionStorage, localStorage]
const isChosen = () => localStorage.getItem(CHOICE) !== 'no'
const holder = () => places.find((place) => place.getItem(SESSION))

/** For createClient. A session that is there already is renewed where it is, whatever is chosen meanwhile. */
export const storage = {
  get: () => JSON.parse(holder()?.getItem(SESSION) ?? null),
  set: (session) => (holder() ?? places[Number(isChosen())]).setItem(SESSION, JSON.stringify(session)),
  remove: () => places.forEach((place) => place.removeItem(SESSION))
}

const box = document.getElementById('stay-signed-in')
box.checked = isChosen()
box.addEventListener('change', () => localStorage.setItem(CHOICE, box.checked ? 'yes' : 'no'))
