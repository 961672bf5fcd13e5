// The causal diagram. Built once for a network, then only attributes and classes change.
// Text enters as text nodes, never as markup.
const NS = "http://www.w3.org/2000/svg"
const views = new WeakMap()

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

function shortened(text, letters) {
  return text.length <= letters ? text : text.slice(0, letters - 1).trimEnd() + "…"
}

function build(view, data) {
  const { root } = view
  const stage = root.querySelector(".stage")
  stage.replaceChildren()
  const svg = make("svg", { role: "group", "aria-label": data.words.title }, stage)
  const layer = make("g", {}, svg)
  Object.assign(view, { svg, layer, key: data.key, nodes: new Map(), arrows: [], only: null, chosen: null })
  view.box = { x: 0, y: 0, w: data.width, h: data.height }
  view.size = { w: data.width, h: data.height }
  for (const arrow of data.arrows) {
    const path = make("path", { d: arrow.d, class: "arrow" }, layer)
    view.arrows.push({ ...arrow, path })
  }
  for (const node of data.nodes) view.nodes.set(node.id, boxOf(view, node))
  const first = data.nodes[0]
  if (first) view.nodes.get(first.id).group.setAttribute("tabindex", "0")
  svg.style.maxHeight = "78vh"
  tools(view, data)
  pan(view)
  frame(view)
}

function boxOf(view, node) {
  const { x, y, w, h, id } = node
  const group = make("g", { class: "node", role: "button", tabindex: "-1", "data-id": id }, view.layer)
  make("rect", { class: "ground", x, y, width: w, height: h, rx: 5 }, group)
  const fill = make("rect", { class: "fill", x, y, width: 0, height: h, rx: 5 }, group)
  const ghost = make("rect", { class: "ghost", x, y: y + 2, width: 0, height: h - 4, rx: 4 }, group)
  const tick = make("path", { class: "tick", d: "" }, group)
  make("rect", { class: "border", x, y, width: w, height: h, rx: 5 }, group)
  const text = make("text", { x: x + 8, y: y + h / 2 + 4.5 }, group)
  const number = make("text", { class: "number", x: x + w - 7, y: y + h / 2 + 4.5 }, group)
  const tip = make("title", {}, group)
  group.onclick = () => choose(view, id, false)
  group.onkeydown = event => keys(view, event, id)
  group.onpointerenter = () => touch(view, id)
  group.onpointerleave = () => touch(view, null)
  group.onfocus = () => touch(view, id)
  group.onblur = () => touch(view, null)
  return { ...node, group, fill, ghost, tick, text, number, tip }
}

function paint(view, data) {
  view.data = data
  const lit = new Set(data.lit)
  const cut = new Set(data.cut)
  for (const [id, node] of view.nodes) {
    const mark = data.marks[id]
    node.group.setAttribute("class", `node ${mark.kind}${lit.has(id) ? " lit" : ""}`)
    node.group.setAttribute("aria-label", mark.aria)
    node.fill.setAttribute("width", (node.w * (mark.p ?? 0)).toFixed(1))
    const at = (node.x + node.w * (mark.base ?? 0)).toFixed(1)
    node.tick.setAttribute("d", mark.base === null ? "" : `M${at} ${node.y + node.h - 7}v7`)
    node.text.textContent = mark.sign + shortened(mark.text, mark.number ? 22 : 26)
    node.number.textContent = mark.number
    node.tip.textContent = mark.aria
  }
  for (const arrow of view.arrows) {
    arrow.path.classList.toggle("lit", lit.has(arrow.s) && lit.has(arrow.t))
    arrow.path.classList.toggle("cut", cut.has(arrow.t))
  }
  dim(view)
  panel(view)
  list(view, data)
}

function touch(view, id) {
  for (const arrow of view.arrows) arrow.path.classList.toggle("on", id !== null && (arrow.s === id || arrow.t === id))
  const choices = id === null ? null : view.data.choices[id]
  preview(view, choices && !view.data.marks[id].value ? id : null, choices?.[0])
}

function preview(view, id, choice) {
  const change = id === null || !choice ? null : view.data.previews?.[`${id}|${choice.state}`]
  view.svg.classList.toggle("preview", Boolean(change))
  const hint = view.root.querySelector(".hint")
  if (hint) hint.textContent = change ? `${view.data.words.preview} ${view.data.marks[id].name}: ${choice.label}` : hint.dataset.text
  if (!change) return
  view.data.nodes.forEach((node, index) => {
    const { ghost } = view.nodes.get(node.id)
    const p = change[index]
    const visible = node.id !== id && p !== null && Math.abs(p - (view.data.marks[node.id].p ?? 0)) >= 0.01
    ghost.classList.toggle("shown", visible)
    ghost.setAttribute("width", (node.w * (p ?? 0)).toFixed(1))
  })
}

function choose(view, id, focus) {
  view.chosen = id
  for (const [name, node] of view.nodes) node.group.setAttribute("tabindex", name === id ? "0" : "-1")
  panel(view)
  if (focus) view.root.querySelector(".panel button")?.focus()
}

function panel(view) {
  const { data, chosen } = view
  const place = view.root.querySelector(".panel")
  const active = view.root.getRootNode().activeElement
  const held = place.contains(active) ? active.dataset.state : null
  place.replaceChildren()
  if (chosen === null || !data.marks[chosen]) {
    const hint = html("span", data.words.hint, place, "hint")
    hint.dataset.text = data.words.hint
    return
  }
  const mark = data.marks[chosen]
  html("span", mark.name, place, "what")
  for (const choice of data.choices[chosen] ?? []) {
    const button = html("button", choice.label, place)
    button.type = "button"
    button.dataset.state = choice.state
    button.setAttribute("aria-pressed", String(mark.value === choice.state))
    button.onclick = () => view.send("pick", { name: chosen, state: mark.value === choice.state ? null : choice.state })
    button.onpointerenter = button.onfocus = () => preview(view, chosen, choice)
    button.onpointerleave = button.onblur = () => preview(view, null)
    button.onkeydown = event => { if (event.key === "Escape") view.nodes.get(chosen).group.focus() }
    if (choice.state === held) button.focus()
  }
  const only = html("button", view.only ? data.words.all : data.words.only, place)
  only.type = "button"
  only.onclick = () => { view.only = view.only ? null : chosen; dim(view); panel(view) }
  const hint = html("span", mark.aria, place, "hint")
  hint.dataset.text = mark.aria
}

function ancestors(view, id) {
  const found = new Set([id])
  for (let grown = true; grown; ) {
    grown = false
    for (const { s, t } of view.arrows) if (found.has(t) && !found.has(s)) { found.add(s); grown = true }
  }
  return found
}

function dim(view) {
  const kept = view.only ? ancestors(view, view.only) : null
  for (const [id, node] of view.nodes) node.group.classList.toggle("dim", Boolean(kept) && !kept.has(id))
  for (const { s, t, path } of view.arrows) path.classList.toggle("dim", Boolean(kept) && !(kept.has(s) && kept.has(t)))
}

function keys(view, event, id) {
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault()
    choose(view, id, true)
    return
  }
  const step = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key]
  if (!step) return
  event.preventDefault()
  const here = view.nodes.get(id)
  let best = null
  let least = Infinity
  for (const node of view.nodes.values()) {
    const dx = (node.x - here.x) * step[0]
    const dy = (node.y - here.y) * step[1]
    if (step[0] ? dx <= 0 : dy <= 0 || node.x !== here.x) continue
    const far = step[0] ? dx * 4 + Math.abs(node.y - here.y) : dy
    if (far < least) { least = far; best = node }
  }
  if (!best) return
  here.group.setAttribute("tabindex", "-1")
  best.group.setAttribute("tabindex", "0")
  best.group.focus()
}

function frame(view) {
  const { x, y, w, h } = view.box
  view.svg.setAttribute("viewBox", `${x.toFixed(1)} ${y.toFixed(1)} ${w.toFixed(1)} ${h.toFixed(1)}`)
}

function zoom(view, factor) {
  const { box } = view
  const w = Math.min(Math.max(box.w / factor, view.size.w / 8), view.size.w * 1.5)
  const h = box.h * (w / box.w)
  view.box = { x: box.x + (box.w - w) / 2, y: box.y + (box.h - h) / 2, w, h }
  frame(view)
}

function tools(view, data) {
  const bar = view.root.querySelector(".tools")
  bar.setAttribute("aria-label", data.words.tools)
  bar.replaceChildren()
  const fit = () => { view.box = { x: 0, y: 0, ...view.size }; frame(view) }
  const actions = [[data.words.fit, fit], [data.words.nearer, () => zoom(view, 1.3)], [data.words.farther, () => zoom(view, 1 / 1.3)]]
  for (const [label, action] of actions) {
    const button = html("button", label, bar)
    button.type = "button"
    button.onclick = action
  }
  const key = html("span", "", bar, "key")
  for (const text of data.words.key) html("span", text, key)
}

function pan(view) {
  const { svg } = view
  let from = null
  svg.onpointerdown = event => {
    if (event.target.closest(".node")) return
    from = { x: event.clientX, y: event.clientY, box: { ...view.box } }
    svg.setPointerCapture(event.pointerId)
    svg.classList.add("drag")
  }
  svg.onpointermove = event => {
    if (!from) return
    const scale = view.box.w / svg.clientWidth
    view.box.x = from.box.x - (event.clientX - from.x) * scale
    view.box.y = from.box.y - (event.clientY - from.y) * scale
    frame(view)
  }
  svg.onpointerup = svg.onpointercancel = () => { from = null; svg.classList.remove("drag") }
}

function list(view, data) {
  const place = view.root.querySelector(".list")
  place.replaceChildren()
  const rows = html("ul", "", place)
  for (const node of data.nodes) {
    const mark = data.marks[node.id]
    const row = html("li", "", rows)
    html("span", mark.sign + mark.text, row)
    html("b", mark.number, row)
  }
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component
  if (!data) return
  let view = views.get(parentElement)
  if (!view) {
    view = { root: parentElement.querySelector(".root"), key: null, chosen: null, only: null }
    views.set(parentElement, view)
  }
  view.send = setTriggerValue
  if (view.key !== data.key) build(view, data)
  paint(view, data)
  return () => views.delete(parentElement)
}
