// Takes a reader where an answer or a question is. Nothing is drawn here: the page is Streamlit's.
const TRIES = 90 // frames to wait for a row that is still to be drawn
const OPTION = "[role=radio], input, button:not([aria-label^='Help'])"
let shown = null // the question last gone to
let listening = false

function still() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches
}

// In the middle of its own pane; the page moves only where the row would be out of sight.
function centre(row) {
  const pane = row.closest(".st-key-known")
  if (pane && pane.scrollHeight > pane.clientHeight) {
    const [inner, outer] = [row.getBoundingClientRect(), pane.getBoundingClientRect()]
    pane.scrollTop += inner.top - outer.top - (outer.height - inner.height) / 2
  }
  const { top, bottom } = row.getBoundingClientRect()
  if (top < 70 || bottom > innerHeight - 70) row.scrollIntoView({ block: "center" })
}

function go(key, tries) {
  const row = document.querySelector(`.st-key-${CSS.escape(key)}`)
  const first = row?.querySelector(OPTION)
  if (!first) {
    if (tries > 0) requestAnimationFrame(() => go(key, tries - 1))
    return
  }
  centre(row)
  first.focus({ preventScroll: true })
  if (still()) return
  const tint = getComputedStyle(document.documentElement).getPropertyValue("--eg-mark")
  const [from, to] = [tint, "transparent"].map(colour => ({ backgroundColor: colour, boxShadow: `0 0 0 5px ${colour}` }))
  row.animate([from, from, to], { duration: 2400 })
}

function toAnswer(event) {
  if (!event.target.closest?.(".eg-dock")) return
  event.preventDefault()
  const place = document.querySelector(".st-key-result .eg-headline") ?? document.querySelector(".st-key-result")
  if (!place) return
  place.tabIndex = -1
  place.focus({ preventScroll: true })
  place.scrollIntoView({ block: "start", behavior: still() ? "auto" : "smooth" })
}

// A row of the ranking opens its why; by keyboard its name is a button.
let send = null
function toWhy(event) {
  const name = event.target.closest?.(".eg-ranked tbody tr")?.querySelector("[data-why]")
  if (name && send) send("why", { row: name.dataset.why, turn: Date.now() })
}

// Whether the sentence above the bars is out of sight: then a bar at the lower edge says it.
function look() {
  const answer = document.querySelector(".st-key-result .eg-said")
  const { top, bottom } = answer?.getBoundingClientRect() ?? { top: 0, bottom: innerHeight }
  document.documentElement.classList.toggle("eg-away", bottom < 90 || top > innerHeight - 40)
}

let looking = 0
function looks() {
  cancelAnimationFrame(looking)
  looking = requestAnimationFrame(look)
}

export default function ({ data, setTriggerValue }) {
  send = setTriggerValue
  if (!listening) {
    listening = true
    document.addEventListener("click", toAnswer, true)
    document.addEventListener("click", toWhy)
    document.addEventListener("scroll", looks, { capture: true, passive: true })
    addEventListener("resize", looks, { passive: true })
  }
  looks()
  if (data?.turn && data.turn !== shown) {
    shown = data.turn
    go(data.row, TRIES)
  }
}
