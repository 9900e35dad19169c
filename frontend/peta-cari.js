// The box that finds a wilayah by name: a combobox over the server's answer.
const PAUSE = 200 // ms

// box, list, news: elements of the page; ask(text) -> promise of [{ kode, nama_lengkap, jalur }]; take(kode)
export function searchBox({ box, list, news, ask, take }) {
  let typed = 0
  let pause = null

  function closeList() {
    list.hidden = true
    box.setAttribute('aria-expanded', 'false')
    box.removeAttribute('aria-activedescendant')
  }

  async function search() {
    const turn = ++typed
    const text = box.value.trim()
    if (text.length < 2) return closeList()
    const found = await ask(text).catch(() => null)
    if (turn !== typed) return
    if (!found) {
      news.textContent = 'Server tidak menjawab.'
      return closeList()
    }
    list.replaceChildren(...found.map(option))
    if (!found.length) {
      const none = document.createElement('li')
      none.setAttribute('role', 'option')
      none.setAttribute('aria-disabled', 'true')
      none.className = 'kecil'
      none.textContent = `Tidak ada wilayah bernama "${text}".`
      list.append(none)
    }
    news.textContent = found.length ? `${found.length} wilayah cocok.` : 'Tidak ada yang cocok.'
    list.hidden = false
    box.setAttribute('aria-expanded', 'true')
  }

  function option(found, place) {
    const item = document.createElement('li')
    item.id = `peta-cari-${place}`
    item.setAttribute('role', 'option')
    item.setAttribute('aria-selected', 'false')
    item.dataset.kode = found.kode
    const name = document.createElement('span')
    name.textContent = found.nama_lengkap
    const where = document.createElement('span')
    where.className = 'kecil'
    where.textContent = found.jalur
    item.append(name, where)
    return item
  }

  function options() {
    return [...list.querySelectorAll('[data-kode]')]
  }

  function activate(place) {
    const items = options()
    const item = items[(place + items.length) % items.length]
    if (!item) return
    for (const other of items) other.setAttribute('aria-selected', String(other === item))
    item.scrollIntoView({ block: 'nearest' })
    box.setAttribute('aria-activedescendant', item.id)
  }

  function choose(item) {
    box.value = item.firstChild.textContent
    closeList()
    take(item.dataset.kode)
  }

  box.addEventListener('input', () => {
    clearTimeout(pause)
    pause = setTimeout(search, PAUSE)
  })
  box.addEventListener('keydown', (event) => {
    const items = options()
    const now = items.findIndex((item) => item.getAttribute('aria-selected') === 'true')
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      if (!list.hidden) activate(event.key === 'ArrowDown' ? now + 1 : Math.max(now, 0) - 1)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      const item = items[Math.max(now, 0)]
      if (item && !list.hidden) choose(item)
    } else if (event.key === 'Escape') closeList()
  })
  box.addEventListener('blur', closeList)
  list.addEventListener('mousedown', (event) => event.preventDefault()) // keeps the focus in the box
  list.addEventListener('click', (event) => {
    const item = event.target.closest('[data-kode]')
    if (item) choose(item)
  })
}
