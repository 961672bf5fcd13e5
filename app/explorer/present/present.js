// Page Down and Page Up where a switch or a choice has the focus: there Streamlit takes no key for a shortcut.
const WAYS = { PageDown: "next", PageUp: "back" }
const CHOICES = "input[type=checkbox], input[type=radio], button[role=radio]"
let listening = false

function turn(event) {
  const way = WAYS[event.key]
  if (!way || !event.target.matches?.(CHOICES)) return
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
}
