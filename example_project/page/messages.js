// The one place where the page tells how an action ended: regions that screen readers watch. Escape closes a message.

const outcome = document.getElementById('outcome')
const error = document.getElementById('error')
const button = document.getElementById('close-message')

export const tell = (text) => show(text, '')
export const tellError = (text) => show('', text)
export const clear = () => show('', '')

function show(told, wrong) {
  outcome.replaceChildren(...note(told))
  error.replaceChildren(...note(wrong))
  button.hidden = !told && !wrong
}

function note(text) {
  if (!text) return []
  const paragraph = document.createElement('p')
  paragraph.className = 'note'
  paragraph.textContent = text
  return [paragraph]
}

/** A focus that would be lost with the button goes to where one reads on. */
function close() {
  if (document.activeElement === button) {
    document.querySelector('#app > :not([hidden]) h2').focus({ preventScroll: true })
  }
  clear()
}

button.addEventListener('click', close)
addEventListener('keydown', (event) => event.key === 'Escape' && close())
