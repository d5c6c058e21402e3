// What all ways share: forms that act, one place for the outcome, one view at a time. No way knows another.

import { nhost } from './client.js'
import { errand } from './errand.js'
import { clear, tell, tellError } from './messages.js'
import { ENDED, explain } from './words.js'

const views = [...document.querySelectorAll('#app > div')]
const painters = []

let busy = false
let ticket = null

export function byId(id) {
  return document.getElementById(id)
}

/** Draws a part of the page: `paint` gets the user after all that happens while somebody is signed in. */
export function onShow(paint) {
  painters.push(paint)
}

/** As onShow, but guests, whom the server refuses most things, are left out. */
export function onShowUser(paint) {
  painters.push((user) => user.isAnonymous || paint(user))
}

/** Lets a form act: `action` gets its values, the pressed button's value and the form; it returns what to tell. */
export function onSubmit(idOrForm, action) {
  const form = typeof idOrForm === 'string' ? byId(idOrForm) : idOrForm
  // No form: the server leaves out the ways that are switched off.
  form?.addEventListener('submit', (event) => {
    event.preventDefault()
    perform(() => action(Object.fromEntries(new FormData(form)), event.submitter?.value, form))
  })
}

/** Who signs up is not told who else has an account. */
export const ifNew = (button) => (button === 'sign-up' ? ', if you are new here' : '')

/** Two forms, the second `${id}-verify`: one has a code sent, the other takes it. */
export function onCode(id, send, verify) {
  let sent = {}
  onSubmit(id, async (values, button) => {
    await send(values, button)
    sent = values
    byId(`${id}-verify`).hidden = false
    byId(`${id}-verify`).elements.otp.focus()
    return `A code is on its way${ifNew(button)}. Type it in here.`
  })
  onSubmit(`${id}-verify`, async ({ otp }, _button, form) => {
    const told = await verify({ ...sent, otp })
    byId(id).reset()
    form.reset()
    form.hidden = true
    return told
  })
}

/** How every way in ends: with a session, the second step, or an address that has to be confirmed first. */
export function enter({ session, mfa }, told = 'You are signed in.') {
  ticket = mfa?.ticket ?? null
  if (ticket) return 'One step is left.'
  return session ? told : 'A mail was sent to confirm the address: follow its link.'
}

/** The ticket of the second step. Whatever comes of it, it is good for one try. */
export function takeTicket() {
  const taken = ticket
  ticket = null
  return taken
}

/** Runs an action and shows how it ended. One at a time. */
export async function perform(action) {
  if (busy) return
  const wasSignedIn = Boolean(nhost.getUserSession())
  const section = document.activeElement.closest('section')
  setBusy(true)
  clear()
  let [told, fault] = await attempt(action)
  if (!fault || byId(wanted()).hidden) {
    const [more, failure] = await attempt(show)
    told = more || told
    fault ??= failure
  }
  const ended = wasSignedIn && !told && !nhost.getUserSession() // which nhost-js found when it wanted to renew it
  if (fault) tellError(ended ? ENDED : explain(fault))
  else tell(told)
  moveFocus(turn(), section)
  byId('inbox')?.contentWindow.location.replace(byId('inbox').src)
  setBusy(false)
}

/** What an action tells, and how it failed. */
const attempt = (action) => Promise.resolve().then(action).then((told) => [told, null], (fault) => ['', fault])

/** An errand comes first. It may be over with that, and may have something to tell. */
async function show() {
  const session = nhost.getUserSession()
  const user = session && (session.user.isAnonymous ? session.user : (await nhost.auth.getUser()).body)
  byId('purpose').textContent = ''
  try {
    return await errand()?.[1](user)
  } finally {
    if (user && !errand()) await showAccount(user)
  }
}

async function showAccount(user) {
  byId('guest').hidden = !user.isAnonymous
  byId('account').hidden = user.isAnonymous
  await Promise.all(painters.map((paint) => paint(user)))
}

const wanted = () =>
  nhost.getUserSession() ? errand()?.[0] ?? 'signed-in' : ticket ? 'second-step' : 'signed-out'

function turn() {
  const turned = byId(wanted())
  if (!turned.hidden) return null
  for (const view of views) view.hidden = view !== turned
  leave()
  return turned
}

/** Nothing of one user is left for the next. */
function leave() {
  emptySecrets()
  for (const form of document.forms) form.reset()
  for (const step of document.querySelectorAll('[data-step]')) step.hidden = true
}

/** What is shown once does not stay on the page. */
export function emptySecrets() {
  for (const secret of document.querySelectorAll('[data-secret]')) secret.replaceChildren()
}

/** Keyboards and screen readers go on where the page goes on, not at a button that is there no more. */
function moveFocus(turned, section) {
  if (turned) turned.querySelector('h2').focus()
  else if (document.activeElement === document.body) section?.querySelector('h3').focus()
}

/** Not `disabled`, which would take the focus away. */
function setBusy(now) {
  busy = now
  for (const button of document.querySelectorAll('button')) button.setAttribute('aria-disabled', now)
}
