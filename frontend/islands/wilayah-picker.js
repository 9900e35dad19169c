// Pick wilayah: type to find, tree to see, arrows to move, space to tick. A ticked kecamatan stands for its villages.
// What is chosen leaves the form as hidden inputs, as few codes as say it all.
// Data: json_script [[kode, nama, sebutan, jumlah or null], …], parents before children; markup: parts/wilayah_picker.html.
import { number } from '../angka.js'

const MOST = 400 // rows drawn at once

export default function mount(root) {
  const part = (name) => root.querySelector(`[data-bagian="${name}"]`)
  const list = part('pohon')
  const search = part('cari')
  const rows = JSON.parse(document.getElementById(root.dataset.pohon).textContent)
  const nodes = new Map(rows.map(([kode, nama, sebutan, jumlah]) => [kode, { kode, nama, sebutan, jumlah, anak: [], induk: null }]))
  const tops = []
  for (const node of nodes.values()) {
    node.induk = parentOf(node.kode)
    if (node.induk) node.induk.anak.push(node)
    else tops.push(node)
  }
  const chosen = new Set((root.dataset.pilihan || '').split(',').filter((kode) => nodes.has(kode)))
  const open = new Set(tops.length === 1 ? [tops[0].kode] : [])
  let current = null
  let term = ''

  function parentOf(kode) {
    for (const length of [6, 4, 2]) if (length < kode.length && nodes.has(kode.slice(0, length))) return nodes.get(kode.slice(0, length))
    return null
  }
  const level = (node) => (node.induk ? level(node.induk) + 1 : 1)
  const holder = (node) => (!node ? null : chosen.has(node.kode) ? node : holder(node.induk))
  const someBelow = (node) => [...chosen].some((kode) => kode !== node.kode && kode.startsWith(node.kode))
  const stateOf = (node) => (holder(node) ? 'true' : someBelow(node) ? 'mixed' : 'false')

  function tick(node) {
    const above = holder(node)
    if (above) {
      chosen.delete(above.kode)
      for (let at = node; at !== above; at = at.induk) for (const sibling of at.induk.anak) if (sibling !== at) chosen.add(sibling.kode)
    } else {
      for (const kode of [...chosen]) if (kode.startsWith(node.kode)) chosen.delete(kode)
      chosen.add(node.kode)
      for (let at = node.induk; at && at.anak.every((child) => chosen.has(child.kode)); at = at.induk) {
        at.anak.forEach((child) => chosen.delete(child.kode))
        chosen.add(at.kode)
      }
    }
    current = node.kode
    draw(true)
    report()
  }

  const plain = (text) => text.toLowerCase().replace(/[^a-z0-9]/g, '')
  function visible() {
    const shown = []
    const wanted = plain(term)
    const hits = new Set()
    if (wanted) {
      for (const node of nodes.values()) if (plain(node.nama).includes(wanted)) for (let at = node; at; at = at.induk) hits.add(at.kode)
    }
    const walk = (list) => {
      for (const node of list) {
        if (wanted && !hits.has(node.kode)) continue
        shown.push(node)
        if (wanted ? node.anak.some((child) => hits.has(child.kode)) || open.has(node.kode) : open.has(node.kode)) walk(node.anak)
      }
    }
    walk(tops)
    return shown
  }

  function icon(name, kelas) {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
    svg.setAttribute('class', `ikon ${kelas}`)
    svg.setAttribute('aria-hidden', 'true')
    const use = document.createElementNS('http://www.w3.org/2000/svg', 'use')
    use.setAttribute('href', `${root.dataset.ikon}#${name}`)
    svg.append(use)
    return svg
  }
  function element(tag, kelas, ...children) {
    const made = document.createElement(tag)
    made.className = kelas
    made.append(...children)
    return made
  }
  function written(node) {
    const at = term ? node.nama.toLowerCase().indexOf(term.trim().toLowerCase()) : -1
    const tail = node.sebutan ? `, ${node.sebutan}` : ''
    if (at < 0) return [node.nama + tail]
    const bold = document.createElement('b')
    bold.textContent = node.nama.slice(at, at + term.trim().length)
    return [node.nama.slice(0, at), bold, node.nama.slice(at + term.trim().length) + tail]
  }

  function draw(focus) {
    const shown = visible()
    if (!shown.some((node) => node.kode === current)) current = shown[0]?.kode ?? null
    list.replaceChildren(
      ...shown.slice(0, MOST).map((node) => {
        const item = document.createElement('li')
        const expanded = shown.some((other) => other.induk === node)
        item.setAttribute('role', 'treeitem')
        item.setAttribute('aria-level', level(node))
        item.setAttribute('aria-checked', stateOf(node))
        item.setAttribute('aria-label', `${node.nama}${node.sebutan ? `, ${node.sebutan}` : ''}${node.jumlah === null ? '' : `, ${number(node.jumlah)} keluarga`}`)
        if (node.anak.length) item.setAttribute('aria-expanded', String(expanded))
        item.tabIndex = node.kode === current ? 0 : -1
        item.dataset.kode = node.kode
        const row = element('div', 'baris',
          element('span', 'buka', ...(node.anak.length ? [icon('chevron-down', '')] : [])),
          element('span', 'kotak', icon('check-lg', 'centang'), icon('dash-lg', 'sebagian')),
          element('span', 'nama', ...written(node)),
          element('span', 'kecil tnum', node.jumlah === null ? '' : number(node.jumlah)))
        item.append(row)
        return item
      }),
    )
    part('kosong').hidden = shown.length > 0
    part('terlalu').hidden = shown.length <= MOST
    if (focus && current) list.querySelector(`[data-kode="${current}"]`)?.focus()
  }

  function report() {
    const names = [...chosen].sort().map((kode) => {
      const node = nodes.get(kode)
      return node.sebutan === 'kecamatan' ? `Kec. ${node.nama}` : node.nama
    })
    part('ringkas').textContent = names.length === 0 ? root.dataset.semua : names.length <= 2 ? names.join(', ') : `${number(names.length)} wilayah`
    part('nilai').replaceChildren(
      ...[...chosen].sort().map((kode) => {
        const input = document.createElement('input')
        input.type = 'hidden'
        input.name = root.dataset.nama
        input.value = kode
        return input
      }),
    )
    part('kosongkan').hidden = chosen.size === 0
  }

  const move = (to) => {
    if (!to) return
    current = to.kode
    list.querySelectorAll('[tabindex="0"]').forEach((item) => { item.tabIndex = -1 })
    const item = list.querySelector(`[data-kode="${current}"]`)
    item.tabIndex = 0
    item.focus()
  }
  function toggle(node, to = !open.has(node.kode)) {
    if (to) open.add(node.kode)
    else open.delete(node.kode)
    current = node.kode
    draw(true)
  }

  list.addEventListener('click', (event) => {
    const item = event.target.closest('li')
    if (!item) return
    const node = nodes.get(item.dataset.kode)
    if (event.target.closest('.buka') && node.anak.length) toggle(node)
    else tick(node)
  })
  list.addEventListener('keydown', (event) => {
    const node = nodes.get(event.target.closest('li')?.dataset.kode)
    if (!node) return
    const shown = visible().slice(0, MOST)
    const at = shown.indexOf(node)
    const expanded = shown[at + 1]?.induk === node
    const keys = {
      ArrowDown: () => move(shown[at + 1]),
      ArrowUp: () => (at === 0 ? search.focus() : move(shown[at - 1])),
      ArrowRight: () => (expanded ? move(shown[at + 1]) : node.anak.length && toggle(node, true)),
      ArrowLeft: () => (expanded && open.has(node.kode) ? toggle(node, false) : move(node.induk)),
      Home: () => move(shown[0]),
      End: () => move(shown[shown.length - 1]),
      ' ': () => tick(node),
      Enter: () => tick(node),
    }
    if (!keys[event.key]) return
    event.preventDefault()
    keys[event.key]()
  })
  search.addEventListener('input', () => {
    term = search.value
    draw(false)
  })
  search.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') event.preventDefault()
    if (event.key !== 'ArrowDown' && event.key !== 'Enter') return
    event.preventDefault()
    const first = visible()
    move(first.find((node) => term && plain(node.nama).includes(plain(term))) ?? first[0])
  })
  part('kosongkan').addEventListener('click', () => {
    chosen.clear()
    draw(false)
    report()
    search.focus()
  })

  draw(false)
  report()
}
