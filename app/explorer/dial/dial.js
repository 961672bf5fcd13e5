// One number to drag, and the answers that follow it: worked out beforehand along its range, so that the
// bars move with the hand. Text enters as text nodes, never as markup.
function html(tag, text, parent, className) {
  const element = document.createElement(tag)
  if (text) element.textContent = text
  if (className) element.className = className
  if (parent) parent.appendChild(element)
  return element
}

// Between the points that were worked out, on a straight line.
function along({ x, answers }, value, row) {
  const step = (x.at(-1) - x[0]) / (x.length - 1)
  const k = Math.min(Math.max(Math.floor((value - x[0]) / step), 0), x.length - 2)
  const share = Math.min(Math.max((value - x[k]) / step, 0), 1)
  const [a, b] = [answers[k][row], answers[k + 1][row]]
  return a === null || b === null ? null : a + (b - a) * share
}

function rounded(value) {
  return Number(value.toPrecision(3))
}

const shown = new WeakMap() // root -> what it shows

function build(root, data, send) {
  root.replaceChildren()
  const head = html("label", "", root, "head")
  html("span", data.words.label, head)
  const told = html("output", "", head)
  const slider = html("input", "", head)
  Object.assign(slider, { type: "range", min: data.x[0], max: data.x.at(-1), step: "any", value: data.value })
  const list = html("div", "", root, "rows")
  const rows = data.labels.map(label => {
    const row = html("div", "", list, "row")
    html("span", label, row, "name")
    const track = html("span", "", row, "track")
    const [fill, mark] = [html("span", "", track, "fill"), html("span", "", track, "mark")]
    return { fill, mark, number: html("span", "", row, "number") }
  })
  html("p", data.words.unit, root, "unit")
  const top = Math.max(...data.answers.flat().filter(p => p !== null), 0.01)
  const full = [0.25, 0.5, 1].find(end => top <= end) ?? 1
  const draw = () => {
    const value = Number(slider.value)
    told.textContent = rounded(value)
    rows.forEach(({ fill, mark, number }, k) => {
      const [p, now] = [along(data, value, k), along(data, data.value, k)]
      fill.style.width = `${(100 * (p ?? 0)) / full}%`
      mark.style.left = `${(100 * (now ?? 0)) / full}%`
      number.textContent = p === null ? "–" : Math.round(100 * p)
    })
  }
  slider.oninput = draw
  slider.onchange = () => send("value", rounded(Number(slider.value)))
  draw()
}

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".dial")
  const now = JSON.stringify(data)
  if (!data || shown.get(root) === now) return
  shown.set(root, now)
  build(root, data, setTriggerValue)
}
