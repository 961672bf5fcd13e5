// Page Down and Page Up wherever nothing is typed: Streamlit takes no key for a shortcut while a switch has the focus.
const WAYS = { PageDown: "next", PageUp: "back" }
const TYPED = "input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable=true]"
let listening = false

function turn(event) {
  const way = WAYS[event.key]
  if (!way || event.target.matches?.(TYPED)) return
  const button = document.querySelector(`.st-key-present-${way} button`)
  if (!button) return
  event.preventDefault()
  event.stopPropagation()
  button.click()
}

export default function () {
  if (listening) return
  listening = true
  document.addEventListener("keydown", turn, true)
  document.documentElement.classList.add("eg-keys") // from now on the keys are heard
}
