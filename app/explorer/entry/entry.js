// A field with a list under it that follows every letter. Names are looked through here; what is no name (a line
// of several findings, a number) is read by the server when the hand rests. Text enters as text nodes, never as
// markup.
const REST = 250 // milliseconds
const FEWEST = 2 // letters, unless a name is as short
const INSIDE = 4 // letters that are looked for inside words, too
const MOST = 12 // rows
const FEW = 3 // so few variables show all their states
const WITHIN = 4
const NEVER = 9

function html(tag, text, parent, className) {
  const element = document.createElement(tag)
  if (text) element.textContent = text
  if (className) element.className = className
  if (parent) parent.appendChild(element)
  return element
}

function glass(parent) {
  const drawn = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  drawn.setAttribute("viewBox", "0 0 24 24")
  drawn.setAttribute("aria-hidden", "true")
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path")
  path.setAttribute("d", "M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13M15.5 15.5L20.5 20.5")
  drawn.appendChild(path)
  parent.appendChild(drawn)
}

// -- looking for names ------------------------------------------------------------------------------------

function plain(text) {
  return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/[\s,;:_]+/g, " ").trim()
}

function parts(text) {
  return plain(text).split(/[\s/()-]+/).filter(Boolean)
}

function phrase(text) {
  return { text, plain: plain(text), parts: parts(text) }
}

// Words once taken apart, for every letter that is typed.
function index(names) {
  const { entries, unasked, denials } = JSON.parse(names)
  for (const entry of entries) {
    entry.phrases = [entry.title, ...entry.words].map(phrase)
    for (const state of entry.states) {
      state.phrases = state.words.map(phrase)
      state.label = phrase(state.shown)
    }
  }
  return { entries, unasked: unasked.map(phrase), denials: new Set(denials) }
}

// How well a phrase has what is asked for: 0 it is it, 1 begins with these words, 2 begins so, 3 its words begin so,
// WITHIN a word, NEVER.
function fit(asked, { plain: whole, parts: own }) {
  if (whole === asked.plain) return 0
  if (asked.plain.length < FEWEST) return NEVER
  if (whole.startsWith(asked.plain)) return whole.startsWith(`${asked.plain} `) ? 1 : 2
  const begins = part => own.some(word => (/^(.|\d+)$/.test(part) ? word === part : word.startsWith(part)))
  if (asked.parts.length && asked.parts.every(begins)) return 3
  return asked.plain.length >= INSIDE && !/\d/.test(asked.plain) && whole.includes(asked.plain) ? WITHIN : NEVER
}

function best(asked, phrases) {
  let found = { fit: NEVER, text: "" }
  for (const one of phrases) {
    const fits = fit(asked, one)
    if (fits < found.fit) found = { fit: fits, text: one.text }
  }
  return found
}

// Variables that are meant, the best first, each with the states that are, if it is some of them.
function named(index, asked) {
  const found = []
  for (const entry of index.entries) {
    const whole = best(asked, entry.phrases)
    const states = entry.states.map(state => ({ state, ...best(asked, state.phrases) })).filter(one => one.fit < NEVER)
    for (const state of entry.states) {
      const more = asked.parts.length > 1 && !states.some(one => one.state === state)
      if (more && fit(asked, state.label) < WITHIN) states.push({ state, fit: 3, text: "" })
    }
    const fits = Math.min(whole.fit, ...states.map(one => one.fit))
    if (fits < NEVER) found.push({ entry, whole, states: whole.fit <= Math.min(...states.map(o => o.fit)) ? [] : states, fit: fits })
  }
  // What is inside a word counts where no word begins so; of equals, what is measured comes first.
  const words = found.filter(one => one.fit < WITHIN)
  return (words.length ? words : found).sort((a, b) => a.fit - b.fit || Boolean(b.entry.value) - Boolean(a.entry.value))
}

// The rows of a variable. `sure` is what Enter takes without a look at the list: never a state out of several.
function rowsOf({ entry, whole, states }, few) {
  const line = (kind, shown, text, more) => ({ kind, entry, shown, by: plain(shown).includes(plain(text)) ? "" : text, ...more })
  const row = (state, text, sure) => line("state", state.shown, text, { state, sure })
  if (states.length) return states.sort((a, b) => a.fit - b.fit).map(one => row(one.state, one.text, states.length === 1))
  const value = entry.value ? [line("value", entry.title, entry.value, { sure: whole.fit > 0 })] : []
  const alone = entry.states.find(state => state.name === entry.alone)
  if (few) return [...value, ...entry.states.map(state => row(state, state === alone ? whole.text : "", state === alone))]
  if (value.length) return value
  return [alone ? row(alone, whole.text, true) : line("open", `${entry.title} …`, whole.text, { sure: true })]
}

// What may be meant by what is typed, or by its last words: the rows, and what stands before those words.
function suggested(index, text) {
  const words = text.trim().split(/\s+/).filter(Boolean)
  for (let start = 0; start < words.length; start++) {
    const asked = phrase(words.slice(start).join(" "))
    if (!asked.plain) continue
    const found = named(index, asked)
    const before = words.slice(0, start).join(" ")
    if (found.length) {
      // A line that ends in a whole name, or in what is not so, is read as a line.
      const line = start > 0 && (found[0].fit === 0 || index.denials.has(plain(words[start - 1])))
      const rows = line ? [] : found.flatMap(one => rowsOf(one, found.length <= FEW))
      return { rows: rows.slice(0, MOST), before }
    }
    const none = asked.plain.length > FEWEST ? index.unasked.filter(one => one.plain.startsWith(asked.plain)) : []
    if (none.length) return { rows: none.map(one => ({ kind: "none", shown: one.text })), before }
  }
  return { rows: [], before: "" }
}

// -- the field --------------------------------------------------------------------------------------------

const fields = new WeakMap() // root -> its field

function build(root, words) {
  const box = html("div", "", root, "field")
  glass(box)
  const input = html("input", "", box)
  const attributes = {
    type: "text", role: "combobox", "aria-label": words.label, placeholder: words.hint, "aria-autocomplete": "list",
    "aria-expanded": "false", "aria-controls": "list", autocomplete: "off", autocapitalize: "off", autocorrect: "off",
    spellcheck: "false", enterkeyhint: "enter",
  }
  for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value)
  const clear = html("button", "×", box, "clear")
  Object.assign(clear, { type: "button", hidden: true })
  clear.setAttribute("aria-label", words.clear)
  const list = html("ul", "", root, "list")
  Object.assign(list, { id: "list", popover: "manual" })
  list.setAttribute("role", "listbox")
  list.setAttribute("aria-label", words.list)
  const status = html("span", "", root, "status")
  status.setAttribute("role", "status")
  const field = { input, clear, list, status, rows: [], before: "", at: -1, asked: "", timer: 0 }
  input.oninput = () => follow(field)
  input.onfocus = () => {
    if (input.value && input.value === field.given) input.select() // what the page put there gives way to what is typed
    else follow(field, false)
  }
  input.onblur = () => shut(field)
  input.onkeydown = event => pressed(field, event)
  clear.onclick = () => put(field, "", true)
  list.onpointerdown = event => event.preventDefault() // the field keeps the focus
  list.onclick = event => {
    const row = event.target.closest("li")
    if (row) take(field, [...list.children].indexOf(row))
  }
  const moved = () => open(field) && place(field)
  addEventListener("scroll", moved, { capture: true, passive: true })
  for (const view of [window, window.visualViewport]) view?.addEventListener("resize", moved, { passive: true })
  field.gone = () => {
    clearTimeout(field.timer)
    removeEventListener("scroll", moved, { capture: true })
    for (const view of [window, window.visualViewport]) view?.removeEventListener("resize", moved)
  }
  return field
}

function open(field) {
  return field.list.matches(":popover-open")
}

function shut(field) {
  if (open(field)) field.list.hidePopover()
  field.at = -1
  field.input.setAttribute("aria-expanded", "false")
  field.input.removeAttribute("aria-activedescendant")
}

// Under the field, or over it where more room is.
function place({ input, list }) {
  const { left, top, bottom, width } = input.getBoundingClientRect()
  const view = window.visualViewport
  const [start, end] = view ? [view.offsetTop, view.offsetTop + view.height] : [0, innerHeight]
  const [under, over] = [end - bottom - 12, top - start - 12]
  const below = under >= Math.min(200, over)
  const wide = Math.min(Math.max(width, 340), innerWidth - 16)
  Object.assign(list.style, {
    left: `${Math.max(Math.min(left, innerWidth - wide - 8), 8)}px`, width: `${wide}px`,
    top: below ? `${bottom + 4}px` : "auto", bottom: below ? "auto" : `${innerHeight - top + 4}px`,
    maxHeight: `${Math.max(Math.min(below ? under : over, 420), 96)}px`,
  })
}

function told(template, value) {
  return template.replace("{}", value)
}

function draw(field) {
  const { list, input, rows, words } = field
  list.replaceChildren()
  rows.forEach((row, k) => {
    const item = html("li", "", list)
    item.id = `row-${k}`
    item.setAttribute("role", "option")
    item.setAttribute("aria-selected", "false")
    if (row.kind === "none") item.setAttribute("aria-disabled", "true")
    html("span", row.kind === "none" ? told(words.unasked, row.shown) : row.shown, item)
    if (row.by) html("span", row.by, item, "by")
  })
  if (!rows.length) return shut(field)
  if (!open(field)) list.showPopover()
  list.scrollTop = 0
  place(field)
  input.setAttribute("aria-expanded", "true")
  // Enter takes the first row where it is all that was typed; in a line, and where a value is to follow, it ends it.
  mark(field, rows[0].sure && !field.before ? 0 : -1)
}

function mark(field, at) {
  field.at = at
  for (const [k, item] of [...field.list.children].entries()) item.setAttribute("aria-selected", String(k === at))
  if (at < 0) return field.input.removeAttribute("aria-activedescendant")
  field.input.setAttribute("aria-activedescendant", `row-${at}`)
  field.list.children[at].scrollIntoView({ block: "nearest" })
}

// What is typed now: its list, and what the server has to read of it.
function follow(field, ask = true) {
  const text = field.input.value
  field.clear.hidden = !text
  const found = field.index && text.trim() ? suggested(field.index, text) : { rows: [], before: "" }
  Object.assign(field, found)
  draw(field)
  const count = field.rows.filter(row => row.kind !== "none").length
  field.status.textContent = text.trim() ? told(field.words.count, count) : ""
  if (!ask) return
  const reads = text.trim().length >= FEWEST && (!field.rows.length || field.before)
  clearTimeout(field.timer)
  field.timer = setTimeout(() => askFor(field, reads ? text.trim() : ""), REST)
}

function askFor(field, text) {
  clearTimeout(field.timer)
  if (text === field.asked) return
  field.asked = text
  field.send("typed", { text })
}

function put(field, text, ask) {
  field.input.value = text
  field.input.focus()
  follow(field, false)
  if (ask) askFor(field, text.trim())
}

function take(field, at) {
  const row = field.rows[at]
  if (!row || row.kind === "none") return
  if (row.kind !== "state") {
    const rest = [field.before, row.entry.title, ""].filter((part, k) => part || k > 1).join(" ")
    return put(field, rest, false)
  }
  const rest = field.before ? `${field.before} ` : ""
  clearTimeout(field.timer)
  field.asked = ""
  field.send("chosen", { name: row.entry.name, state: row.state.name, turn: Date.now() })
  put(field, rest, false)
  if (rest) field.timer = setTimeout(() => askFor(field, rest.trim()), REST)
  field.status.textContent = told(field.words.entered, row.shown)
}

// Neither behind a bar at an edge nor behind the keyboard of a phone.
function inSight(element) {
  const { left, top, width, height } = element.getBoundingClientRect()
  const [x, y] = [left + width / 2, top + height / 2]
  const view = window.visualViewport
  return element.contains(document.elementFromPoint(x, y)) && (!view || y < view.offsetTop + view.height)
}

// Enter at the end of a line shows what was understood; what has been seen, Enter enters.
function end(field) {
  const text = field.input.value.trim()
  const shown = document.querySelector(".st-key-line-enter button")
  const read = document.querySelector(".eg-line-read")?.dataset.line
  const covered = open(field)
  shut(field)
  if (!text || !shown || read !== text) return askFor(field, text)
  if (!inSight(shown)) return shown.scrollIntoView({ block: "center" })
  if (covered) return
  shown.click()
  field.emptied = true // here already: what is typed next is not taken away when the page empties it
  put(field, "", false)
}

function pressed(field, event) {
  const { key, isComposing } = event
  if (isComposing) return
  // What is typed is not the page's: Ctrl+Z takes back a letter, and a finding where there is none.
  if (field.input.value) event.stopPropagation()
  const steps = { ArrowDown: 1, ArrowUp: -1 }
  if (key in steps && field.rows.length) {
    event.preventDefault()
    if (!open(field)) return draw(field)
    let at = field.at
    do at = (at + steps[key] + field.rows.length + 1) % (field.rows.length + 1)
    while (field.rows[at]?.kind === "none")
    mark(field, at === field.rows.length ? -1 : at)
  } else if (key === "Enter") {
    event.preventDefault()
    if (open(field) && field.at >= 0) take(field, field.at)
    else end(field)
  } else if (key === "Escape" && (open(field) || field.input.value)) {
    event.preventDefault()
    if (open(field)) shut(field)
    else put(field, "", true)
  } else if (key === "Tab") shut(field)
}

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".entry")
  let field = fields.get(root)
  if (!field) {
    field = build(root, data.words)
    fields.set(root, field)
  }
  Object.assign(field, { words: data.words, send: setTriggerValue })
  field.input.placeholder = data.words.hint
  if (data.names !== field.names) Object.assign(field, { names: data.names, index: index(data.names) })
  // What the page puts into the field; of what is typed here it only says what it has read.
  if (data.turn !== field.turn) {
    const there = field.emptied && !data.text
    Object.assign(field, { turn: data.turn, asked: data.text, given: data.text, emptied: false })
    if (!there) {
      field.input.value = data.text
      field.clear.hidden = !data.text
      shut(field)
    }
  }
  return field.gone
}
