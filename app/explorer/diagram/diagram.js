// The causal diagram. Built once for a network, then only places, attributes and classes change.
// Text enters as text nodes, never as markup.
const NS = "http://www.w3.org/2000/svg"
const HEIGHT = 40 // of a box of up to two lines; more lines make it higher
const GAP = 7
const MARGIN = 8
const FEW = 12 // up to so many boxes no arrow runs behind another box
const UNFOLDED = 40 // networks of up to this many variables start with nothing folded
const views = new WeakMap()
const known = new Map() // slot of a diagram -> what each finding would do; comes later than the diagram
const asking = new Map() // slot of a diagram -> asks for these, which are worked out for who looks
const slots = new Map() // slot -> its diagram, to show that to a pointer that rests already

function make(tag, attributes, parent) {
  const element = document.createElementNS(NS, tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  if (parent) parent.appendChild(element)
  return element
}

function html(tag, text, parent, className) {
  const element = document.createElement(tag)
  if (text) element.textContent = text
  if (className) element.className = className
  if (parent) parent.appendChild(element)
  return element
}

function button(text, parent, action) {
  const element = html("button", text, parent)
  element.type = "button"
  element.onclick = action
  return element
}

// -- building: once for a network --------------------------------------------------------------

function build(view, data) {
  const stage = view.root.querySelector(".stage")
  stage.replaceChildren()
  const svg = make("svg", { role: "group", "aria-label": data.words.title, class: "still" }, stage)
  const tip = make("marker", { id: "tip", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 6, markerHeight: 6, orient: "auto" }, make("defs", {}, svg))
  make("path", { d: "M0 0L8 4L0 8z", fill: "context-stroke" }, tip)
  const layer = make("g", {}, svg)
  Object.assign(view, { svg, layer, key: data.key, nodes: new Map(), folds: new Map(), only: null, chosen: null, box: null })
  view.arrows = make("g", {}, layer)
  view.open = new Set(data.nodes.length <= UNFOLDED ? data.groups : [])
  data.nodes.forEach((node, place) => view.nodes.set(node.id, { ...node, place, ...drawn(view, node.id) }))
  pan(view)
  document.fonts?.ready.then(() => view.data && arrange(view)) // letters are as wide as they will be
  new ResizeObserver(() => {
    if (Math.abs(view.root.clientWidth - (view.width ?? 0)) > 30 && view.data) arrange(view)
  }).observe(view.root)
}

function drawn(view, id) {
  const group = make("g", { class: "node", role: "button", tabindex: "-1", "data-id": id }, view.layer)
  const parts = { group }
  for (const name of ["ground", "fill", "ghost", "border"]) parts[name] = make("rect", { class: name, rx: 5 }, group)
  parts.ghost.setAttribute("y", 3)
  parts.tick = make("path", { class: "tick", d: "" }, group)
  parts.lines = make("g", {}, group)
  parts.number = make("text", { class: "number" }, group)
  parts.tip = make("title", {}, group)
  group.onclick = () => choose(view, id, false)
  group.onkeydown = event => keys(view, event, id)
  group.onpointerenter = group.onfocus = () => touch(view, id)
  group.onpointerleave = group.onblur = () => touch(view, null)
  return parts
}

// -- places: which nodes are shown, and where ---------------------------------------------------

function ancestors(view, id) {
  const found = new Set([id])
  for (let grown = true; grown; ) {
    grown = false
    for (const [s, t] of view.data.arrows) if (found.has(t) && !found.has(s)) { found.add(s); grown = true }
  }
  return found
}

function wanted(view, id) {
  const { data } = view
  const node = view.nodes.get(id)
  return view.open.has(node.g) || view.keep.has(id) || data.marks[id].kind !== "implied" || view.lit.has(id)
}

// Columns of items: nodes, and one box for what a folded group hides in that column.
function columns(view) {
  const only = view.only ? ancestors(view, view.only) : null
  const found = []
  const hidden = new Map()
  for (const node of view.nodes.values()) {
    if (only && !only.has(node.id)) continue
    const column = (found[node.c] ??= [])
    if (only || wanted(view, node.id)) { column.push({ node }); continue }
    const key = `${node.c}|${node.g}`
    if (!hidden.has(key)) {
      hidden.set(key, { fold: key, group: node.g, members: [] })
      column.push(hidden.get(key))
    }
    hidden.get(key).members.push(node)
  }
  // A box for a single hidden variable would take as much room as the variable.
  return found.filter(Boolean).map(column => column.map(item => (item.members?.length === 1 ? { node: item.members[0] } : item)))
}

function arrange(view) {
  const { data } = view
  view.width = view.root.clientWidth
  const rows = columns(view)
  // What can't be read as a picture is a list: a small network needs less room than a large one.
  const least = Math.min(680, Math.max(480, rows.length * 126 + 2 * MARGIN))
  view.root.classList.toggle("narrow", view.width < least)
  const width = Math.max(view.width, least)
  const step = (width - 2 * MARGIN) / Math.max(rows.length, 1)
  const w = Math.min(Math.max(step - Math.max(26, step * 0.14), 100), 200)
  const stride = Math.max(step, w + 26)
  view.w = w
  const heights = rows.map(row => row.map(item => height(view, item)))
  const taken = heights.map(column => column.reduce((sum, h) => sum + h + GAP, 0))
  view.size = { w: 2 * MARGIN + stride * (rows.length - 1) + w, h: 2 * MARGIN + Math.max(...taken, 0) }
  const place = new Map()
  const folds = new Map()
  const boxes = rows.map((row, c) => {
    let y = (view.size.h - taken[c] + GAP) / 2
    return row.map((item, r) => {
      const h = heights[c][r]
      const at = { x: MARGIN + c * stride, y, h, c, id: item.node?.id ?? item.fold, item }
      y += h + GAP
      for (const node of item.members ?? [item.node]) place.set(node.id, at)
      return at
    })
  })
  uncover(view, boxes, place)
  for (const at of boxes.flat()) if (at.item.fold) folds.set(at.id, { ...at, ...at.item })
  view.at = place
  for (const [id, node] of view.nodes) {
    const at = place.get(id)
    const here = Boolean(at) && at.id === id
    node.group.classList.toggle("away", !here)
    if (!here) continue
    node.group.style.transform = `translate(${at.x.toFixed(1)}px, ${at.y.toFixed(1)}px)`
    for (const name of ["ground", "border"]) node[name].setAttribute("width", w)
    for (const name of ["ground", "fill", "border"]) node[name].setAttribute("height", at.h)
    node.ghost.setAttribute("height", at.h - 6)
    node.number.setAttribute("x", w - 7)
    node.number.setAttribute("y", at.h / 2 + 5)
  }
  folded(view, folds)
  lines(view, data)
  for (const id of view.nodes.keys()) mark(view, id)
  if (!view.box || !view.zoomed) view.box = { x: 0, y: 0, ...view.size }
  frame(view)
  if (!view.layer.querySelector('.node:not(.away)[tabindex="0"]')) {
    view.layer.querySelector(".node:not(.away)")?.setAttribute("tabindex", "0")
  }
  panel(view)
  // Under a pointer that rests, what the box would do stays.
  if (view.over && view.at.get(view.over)?.id === view.over) touch(view, view.over)
}

// In a small diagram a column moves up or down until no arrow is hidden behind its boxes.
function uncover(view, columns, place) {
  const all = columns.flat()
  if (all.length > FEW) return
  const ends = view.data.arrows.map(([s, t]) => [place.get(s), place.get(t)])
  const long = ends.filter(([a, b]) => a && b && b.c - a.c > 1)
  for (const column of columns.slice(1, -1)) {
    const c = column[0].c
    const past = long.filter(([a, b]) => a.c < c && c < b.c)
    const free = by => !column.some(box => past.some(([a, b]) => meets(view, a, b, box, by)))
    const by = [0, 1, -1, 2, -2, 3, -3].map(k => k * HEIGHT * 0.7).find(free) ?? 0
    for (const box of column) box.y += by
  }
  const top = Math.min(...all.map(box => box.y))
  for (const box of all) box.y += MARGIN - top
  view.size.h = Math.max(...all.map(box => box.y + box.h)) + MARGIN
}

// Whether the curve between two boxes passes behind a third one, moved by so much.
function meets(view, a, b, box, by) {
  const [x0, y0, y1] = [a.x + view.w, a.y + a.h / 2, b.y + b.h / 2]
  const at = x => {
    const t = (x - x0) / (b.x - x0)
    return y0 + (y1 - y0) * (3 * t * t - 2 * t * t * t)
  }
  const ends = [at(box.x), at(box.x + view.w)]
  return Math.max(...ends) > box.y + by - 4 && Math.min(...ends) < box.y + by + box.h + 4
}

function folded(view, folds) {
  for (const { group } of view.folds.values()) group.remove()
  view.folds = new Map()
  for (const [key, item] of folds) {
    const words = hides(view, item)
    const group = make("g", { class: "fold", role: "button", tabindex: "0", "aria-label": words }, view.layer)
    group.style.transform = `translate(${item.x.toFixed(1)}px, ${item.y.toFixed(1)}px)`
    make("rect", { class: "border", width: view.w, height: item.h, rx: 5 }, group)
    write(view, make("g", {}, group), `+ ${words}`, view.w - 16, item.h)
    make("title", {}, group).textContent = words
    const open = () => {
      view.open.add(item.group)
      refresh(view)
      view.nodes.get(item.members[0].id).group.focus()
    }
    group.onclick = open
    group.onkeydown = event => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); open() } }
    view.folds.set(key, { ...item, group })
  }
}

function lines(view, data) {
  view.arrows.replaceChildren()
  view.paths = []
  const drawnAlready = new Map()
  for (const [s, t] of data.arrows) {
    const [a, b] = [view.at.get(s), view.at.get(t)]
    if (!a || !b || a.id === b.id) continue
    const key = `${a.id}>${b.id}`
    let path = drawnAlready.get(key)
    if (!path) {
      path = make("path", { d: curve(view, a, b), class: "arrow", "marker-end": "url(#tip)" }, view.arrows)
      drawnAlready.set(key, path)
    }
    if (view.lit.has(s) && view.lit.has(t)) path.classList.add("lit")
    if (view.cut.has(t)) path.classList.add("cut")
    view.paths.push({ s: a.id, t: b.id, path })
  }
}

function curve(view, a, b) {
  const [y0, y1, x0] = [a.y + a.h / 2, b.y + b.h / 2, a.x + view.w]
  if (a.c === b.c) return `M${x0} ${y0}C${x0 + 20} ${y0} ${x0 + 20} ${y1} ${x0 + 1} ${y1}`
  const pull = b.c < a.c ? 40 : Math.max(14, (b.x - x0) * 0.45)
  return `M${x0} ${y0}C${x0 + pull} ${y0} ${b.x - pull} ${y1} ${b.x - 1} ${y1}`
}

// -- text: two lines, or more in smaller letters; nothing is cut, the box grows ---------------------

const canvas = document.createElement("canvas").getContext("2d")
const LARGE = { size: 13, step: 15 }
const SMALL = { size: 12, step: 13 }

const SOFT = /\u00ad/g // where a word may be broken

// Lines of a text that are no wider than the room; a word that is too wide breaks after a hyphen, between
// syllables, or anywhere.
function split(text, fits) {
  const lines = [""]
  for (let [, word, space] of text.matchAll(/([^ -]+-?|-)( ?)/g)) {
    if (lines.at(-1) && !fits((lines.at(-1) + plain(word)).trimEnd())) lines.push("")
    while (plain(word).length > 1 && !fits(lines.at(-1) + plain(word))) {
      const places = [...word.matchAll(SOFT)].map(({ index }) => index).reverse()
      let part = places.find(index => fits(`${plain(word.slice(0, index))}-`))
      const hyphen = part === undefined ? "" : "-"
      if (part === undefined) {
        part = word.length - 1
        while (part > 1 && !fits(plain(word.slice(0, part)))) part -= 1
      }
      lines[lines.length - 1] += plain(word.slice(0, part)) + hyphen
      lines.push("")
      word = word.slice(part + hyphen.length)
    }
    lines[lines.length - 1] += plain(word) + space
  }
  return lines.map(line => line.trimEnd())
}

function plain(text) {
  return text.replace(SOFT, "")
}

function lined(view, text, room) {
  view.family ??= getComputedStyle(view.root).fontFamily
  const set = letters => {
    canvas.font = `${letters.size}px ${view.family}`
    return { ...letters, lines: split(text, words => canvas.measureText(words).width <= room) }
  }
  const large = set(LARGE)
  return large.lines.length <= 2 ? large : set(SMALL)
}

// Room for a label: beside a number, or alone in the box.
function room(view, number) {
  return view.w - 14 - (number ? 28 : 2)
}

// Whatever a box comes to say must fit, so that no box moves when a finding is entered.
function height(view, item) {
  const texts = item.node ? item.node.long : [null, `+ ${hides(view, item)}`]
  const tall = texts.map((text, k) => (text ? lined(view, text, room(view, k === 0)) : { lines: [], step: 0 }))
  return Math.max(HEIGHT, ...tall.map(({ lines, step }) => lines.length * step + 5))
}

function hides(view, item) {
  return `${item.group}: ${item.members.length} ${view.data.words.more}`
}

function write(view, place, text, wide, tall) {
  const { lines, size, step } = lined(view, text, wide)
  place.replaceChildren()
  lines.forEach((line, k) => {
    const y = tall / 2 + size * 0.36 + (k - (lines.length - 1) / 2) * step
    make("text", { x: 8, y: y.toFixed(1), style: `font-size: ${size}px` }, place).textContent = line
  })
}

// -- painting: after every step -------------------------------------------------------------------

function paint(view, data) {
  view.data = data
  view.lit = new Set(data.lit)
  view.cut = new Set(data.cut)
  view.keep = new Set(data.keep)
  tools(view)
  hint(view, null)
  arrange(view)
  list(view)
  // Only what is on the screen already glides to another place.
  requestAnimationFrame(() => requestAnimationFrame(() => view.svg.classList.remove("still")))
}

function refresh(view) {
  tools(view)
  arrange(view)
}

function mark(view, id) {
  const node = view.nodes.get(id)
  const found = view.data.marks[id]
  const { w } = view
  const h = view.at.get(id)?.h ?? HEIGHT
  const classes = ["node", found.kind]
  if (view.lit.has(id)) classes.push("lit")
  for (const kept of ["away", "near"]) if (node.group.classList.contains(kept)) classes.push(kept)
  node.group.setAttribute("class", classes.join(" "))
  node.group.setAttribute("aria-label", found.aria)
  node.fill.setAttribute("width", (w * (found.p ?? 0)).toFixed(1))
  const base = found.base === null || found.p === null || found.value ? null : (w * found.base).toFixed(1)
  const moved = base === null ? 0 : w * (found.p - found.base)
  // Change from baseline as a bar along the lower edge, with a tick where it was before.
  node.tick.setAttribute("d", base === null ? "" : `M${base} ${h - 7}v7M${base} ${h - 2}h${moved.toFixed(1)}`)
  node.number.textContent = found.number
  node.tip.textContent = found.aria
  write(view, node.lines, found.sign + found.text, room(view, found.number), h)
}

function hint(view, text) {
  view.root.querySelector(".hint").textContent = text ?? view.data.words.hint
}

function touch(view, id) {
  view.over = id
  // A box with its arrows and what they join stands out; the rest steps back.
  const near = new Set([id])
  for (const { s, t, path } of view.paths) {
    const on = id !== null && (s === id || t === id)
    path.classList.toggle("on", on)
    if (on) near.add(s).add(t)
  }
  view.svg.classList.toggle("over", near.size > 1)
  for (const each of view.nodes.values()) each.group.classList.toggle("near", near.has(each.id))
  for (const [key, { group }] of view.folds) group.classList.toggle("near", near.has(key))
  const choices = id === null ? null : view.data.choices[id]
  preview(view, choices && !view.data.marks[id].value ? id : null, choices?.find(choice => !choice.usual))
}

// Once for the same findings, as soon as a pointer, a finger or the keyboard is at a box.
function askFor(view) {
  const all = known.get(view.data.slot)
  if (!all || all.previews || all.asked || all.token !== view.data.token) return
  all.asked = true
  asking.get(view.data.slot)("look", true)
}

function preview(view, id, choice) {
  const all = known.get(view.data.slot)
  const fresh = all?.previews && all.token === view.data.token // of the same findings
  if (id !== null) askFor(view)
  const change = id === null || !choice || !fresh ? null : all.previews[id]?.[choice.state]
  view.svg.classList.toggle("preview", Boolean(change))
  for (const node of view.nodes.values()) {
    const p = change && node.id !== id ? change[node.place] : undefined
    node.group.classList.toggle("moved", p !== undefined)
    const said = node.id === id || p !== undefined || view.data.marks[node.id].value !== null
    node.group.classList.toggle("unasked", Boolean(change) && !said && !all.worked.includes(node.place))
    node.number.textContent = p === undefined ? view.data.marks[node.id].number : `→${Math.round(100 * p)}`
    if (p !== undefined) node.ghost.setAttribute("width", Math.max(2, view.w * p).toFixed(1))
  }
  hint(view, change ? `${view.data.words.preview} ${view.data.marks[id].name}: ${choice.label}` : null)
}

// -- choosing a state -----------------------------------------------------------------------------

function choose(view, id, focus) {
  view.chosen = view.chosen === id && !focus ? null : id
  for (const [name, node] of view.nodes) node.group.setAttribute("tabindex", name === id ? "0" : "-1")
  panel(view)
  if (focus) view.root.querySelector(".panel button")?.focus()
}

function close(view) {
  const id = view.chosen
  view.chosen = null
  panel(view)
  preview(view, null)
  if (id !== null) view.nodes.get(id).group.focus({ preventScroll: true })
}

function panel(view) {
  const { data, chosen } = view
  const place = view.root.querySelector(".panel")
  place.hidden = chosen === null || !view.at.has(chosen)
  if (place.hidden) return
  const found = data.marks[chosen]
  const active = view.root.getRootNode().activeElement
  const key = each => each.dataset.key ?? each.textContent
  const held = place.contains(active) ? key(active) : null // a new answer must not take the focus away
  place.replaceChildren()
  place.onkeydown = event => { if (event.key === "Escape") { event.stopPropagation(); close(view) } }
  html("span", found.name, place, "what")
  const states = data.states[chosen] ?? [] // how many of 100 are in each of them, entered or not
  if (!data.choices[chosen]) html("span", states.map((label, k) => `${label} ${found.each[k] ?? ""}`).join(" · "), place, "all")
  for (const [k, choice] of (data.choices[chosen] ?? []).entries()) {
    const each = button(choice.label, place, () => {
      view.send("pick", { name: chosen, state: found.value === choice.state ? null : choice.state })
      close(view)
    })
    each.dataset.key = choice.state
    if (found.each[k]) html("span", found.each[k], each, "share").setAttribute("aria-hidden", "true")
    each.setAttribute("aria-pressed", String(found.value === choice.state))
    each.onpointerenter = each.onfocus = () => preview(view, chosen, choice)
    each.onpointerleave = each.onblur = () => preview(view, null)
  }
  button(view.only ? data.words.all : data.words.only, place, () => {
    view.only = view.only ? null : chosen
    view.zoomed = false
    refresh(view)
  })
  button("×", place, () => close(view)).setAttribute("aria-label", data.words.close)
  if (held) [...place.querySelectorAll("button")].find(each => key(each) === held)?.focus()
  const at = view.nodes.get(chosen).border.getBoundingClientRect()
  const around = view.root.getBoundingClientRect()
  place.style.left = `${Math.max(0, Math.min(at.left - around.left, around.width - place.offsetWidth - 4))}px`
  place.style.top = `${at.bottom - around.top + 4}px`
}

function keys(view, event, id) {
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault()
    choose(view, id, true)
    return
  }
  if (event.key === "Escape" && view.chosen !== null) close(view)
  const step = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key]
  if (!step) return
  event.preventDefault()
  const here = view.at.get(id)
  let best = null
  let least = Infinity
  for (const node of view.nodes.values()) {
    const at = view.at.get(node.id)
    if (!at || at.id !== node.id) continue
    const dx = (at.x - here.x) * step[0]
    const dy = (at.y - here.y) * step[1]
    if (step[0] ? dx <= 0 : dy <= 0 || at.c !== here.c) continue
    const far = step[0] ? dx * 4 + Math.abs(at.y - here.y) : dy
    if (far < least) { least = far; best = node }
  }
  if (!best) return
  view.nodes.get(id).group.setAttribute("tabindex", "-1")
  best.group.setAttribute("tabindex", "0")
  best.group.focus()
}

// -- size and tools -------------------------------------------------------------------------------

function frame(view) {
  const { x, y, w, h } = view.box
  view.svg.setAttribute("viewBox", `${x.toFixed(1)} ${y.toFixed(1)} ${w.toFixed(1)} ${h.toFixed(1)}`)
  view.svg.style.aspectRatio = `${view.size.w} / ${view.size.h}`
}

function zoom(view, factor) {
  const { box } = view
  const w = Math.min(Math.max(box.w / factor, view.size.w / 8), view.size.w * 1.5)
  const h = box.h * (w / box.w)
  view.box = { x: box.x + (box.w - w) / 2, y: box.y + (box.h - h) / 2, w, h }
  view.zoomed = true
  frame(view)
  panel(view)
}

function tools(view) {
  const { words, groups } = view.data
  const bar = view.root.querySelector(".tools")
  const active = view.root.getRootNode().activeElement
  const held = bar.contains(active) ? active.textContent : null
  bar.setAttribute("aria-label", words.tools)
  bar.replaceChildren()
  button(words.fit, bar, () => { view.zoomed = false; view.only = null; refresh(view) })
  button(words.nearer, bar, () => zoom(view, 1.3))
  button(words.farther, bar, () => zoom(view, 1 / 1.3))
  const table = button(words.table, bar, () => {
    view.root.classList.toggle("tabled")
    table.setAttribute("aria-pressed", String(view.root.classList.contains("tabled")))
  })
  table.setAttribute("aria-pressed", String(view.root.classList.contains("tabled")))
  button(words.vector, bar, () => saveVector(view)).title = words.save
  button(words.pixels, bar, () => savePixels(view)).title = words.save
  const key = html("span", "", bar, "key")
  for (const text of words.key) html("span", text, key)
  if (view.nodes.size > UNFOLDED) {
    const row = html("span", words.unfold, bar, "groups")
    for (const group of groups) {
      const each = button(group, row, () => {
        view.open.has(group) ? view.open.delete(group) : view.open.add(group)
        refresh(view)
      })
      each.setAttribute("aria-pressed", String(view.open.has(group)))
    }
  }
  if (held) [...bar.querySelectorAll("button")].find(each => each.textContent === held)?.focus()
}

// -- the picture as a file: all of it, as it is on the screen --------------------------------------

const DRAWN = ["fill", "stroke", "stroke-width", "stroke-dasharray", "opacity"]
const WRITTEN = ["fill", "font-size", "font-weight", "text-anchor"]

// A copy that needs no style sheet, of the whole picture whatever part of it is seen.
function picture(view) {
  touch(view, null)
  const copy = view.svg.cloneNode(true)
  const here = [...view.svg.querySelectorAll("*")]
  const line = getComputedStyle(view.svg.querySelector(".arrow") ?? view.root)
  const unseen = []
  ;[...copy.querySelectorAll("*")].forEach((element, k) => {
    const style = getComputedStyle(here[k])
    if (element.tagName === "title") return
    if (style.visibility === "hidden" || here[k].classList.contains("away")) unseen.push(element)
    element.removeAttribute("style")
    for (const name of ["class", "role", "tabindex", "aria-label", "data-id"]) element.removeAttribute(name)
    if (style.transform !== "none") {
      const { e, f } = new DOMMatrix(style.transform)
      element.setAttribute("transform", `translate(${e.toFixed(1)} ${f.toFixed(1)})`)
    }
    if (["g", "defs", "marker"].includes(element.tagName)) {
      if (style.opacity !== "1") element.setAttribute("opacity", style.opacity)
      return
    }
    const lined = style.stroke !== "none"
    for (const name of element.tagName === "text" ? WRITTEN : DRAWN.filter(each => lined || each !== "stroke-width")) {
      const value = style.getPropertyValue(name)
      if (name === "opacity" ? value === "1" : name !== "fill" && value === "none") continue
      element.setAttribute(name, value === "context-stroke" ? plainColour(line.stroke) : plainColour(value))
    }
  })
  for (const element of unseen) element.remove()
  const [w, h] = [Math.ceil(view.size.w), Math.ceil(view.size.h)]
  for (const name of ["class", "style", "aria-label"]) copy.removeAttribute(name)
  const whole = { xmlns: NS, role: "img", width: w, height: h, viewBox: `0 0 ${w} ${h}`, "font-family": view.family ?? "sans-serif" }
  for (const [name, value] of Object.entries(whole)) copy.setAttribute(name, value)
  const ground = getComputedStyle(view.root).getPropertyValue("--st-background-color").trim() || "#ffffff"
  copy.prepend(make("rect", { width: w, height: h, fill: ground }))
  const title = make("title", {})
  title.textContent = view.data.words.title
  copy.prepend(title)
  return new XMLSerializer().serializeToString(copy)
}

// A colour as every program reads it: a browser has other spellings for one that is mixed.
function plainColour(value) {
  if (!/^(color|oklab|oklch|lab|lch)\(/.test(value)) return value
  const dot = html("canvas", "").getContext("2d")
  dot.fillStyle = value
  dot.fillRect(0, 0, 1, 1)
  const [r, g, b] = dot.getImageData(0, 0, 1, 1).data
  return `rgb(${r}, ${g}, ${b})`
}

function save(view, blob, ending) {
  const link = html("a", "", view.root)
  link.href = URL.createObjectURL(blob)
  link.download = `${view.data.words.file}.${ending}`
  link.click()
  link.remove()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

function saveVector(view) {
  save(view, new Blob([picture(view)], { type: "image/svg+xml" }), "svg")
}

function savePixels(view) {
  const image = new Image()
  const address = URL.createObjectURL(new Blob([picture(view)], { type: "image/svg+xml" }))
  image.onload = () => {
    const canvas = html("canvas", "")
    const scale = Math.min(3, 8000 / Math.max(view.size.w, view.size.h)) // sharp on paper
    canvas.width = view.size.w * scale
    canvas.height = view.size.h * scale
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height)
    URL.revokeObjectURL(address)
    canvas.toBlob(blob => save(view, blob, "png"), "image/png")
  }
  image.src = address
}

function pan(view) {
  const { svg } = view
  let from = null
  svg.onpointerdown = event => {
    if (event.target.closest(".node, .fold")) return
    if (view.chosen !== null) close(view)
    from = { x: event.clientX, y: event.clientY, box: { ...view.box } }
    svg.setPointerCapture(event.pointerId)
    svg.classList.add("drag")
  }
  svg.onpointermove = event => {
    if (!from) return
    const scale = view.box.w / svg.clientWidth
    view.box.x = from.box.x - (event.clientX - from.x) * scale
    view.box.y = from.box.y - (event.clientY - from.y) * scale
    view.zoomed = true
    frame(view)
  }
  svg.onpointerup = svg.onpointercancel = () => { from = null; svg.classList.remove("drag") }
}

// -- the same as a table: by choice, and where there is no room for a picture ---------------------

function list(view) {
  const { data } = view
  const place = view.root.querySelector(".list")
  place.setAttribute("aria-label", data.words.title)
  const table = html("table", "")
  const head = html("tr", "", html("thead", "", table))
  for (const text of data.words.columns) html("th", text, head).scope = "col"
  for (const group of data.groups) {
    const body = html("tbody", "", table)
    const title = html("th", group, html("tr", "", body), "group")
    title.colSpan = data.words.columns.length
    title.scope = "rowgroup"
    for (const node of view.nodes.values()) {
      if (node.g !== group) continue
      const found = data.marks[node.id]
      const row = html("tr", "", body)
      html("th", found.sign + plain(found.text), row).scope = "row"
      html("td", found.number, row)
      html("td", found.before, row)
    }
  }
  place.replaceChildren(table)
}

export default function (component) {
  const { parentElement, setTriggerValue } = component
  if (!component.data) return
  const data = JSON.parse(new TextDecoder().decode(component.data))
  if (data.previews !== undefined) { // the second, invisible one: only brings what each finding would do
    const last = known.get(data.slot)
    data.asked = last?.token === data.token && last.asked
    known.set(data.slot, data)
    asking.set(data.slot, setTriggerValue)
    const view = slots.get(data.slot)
    if (view?.over) touch(view, view.over)
    return
  }
  let view = views.get(parentElement)
  if (!view) {
    view = { root: parentElement.querySelector(".root"), key: null, chosen: null, only: null }
    views.set(parentElement, view)
  }
  view.send = setTriggerValue
  slots.set(data.slot, view)
  if (view.key !== data.key) { view.data = data; build(view, data) }
  paint(view, data)
  return () => views.delete(parentElement)
}
