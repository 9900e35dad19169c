// Asks the server again and again how a job stands, gently: slower on a bad network, not at all behind another tab.
// <section data-island="progress" data-url="/pekerjaan/12/keadaan/" data-jeda="2">…</section>
// The answer replaces the section's inside. It ends with an element [data-selesai]; its value, if any, is where to go then.
import htmx from 'htmx.org'

const SLOWEST = 30 // seconds

export default function mount(section) {
  const pace = Number(section.dataset.jeda) || 2
  let wait = pace
  let timer = null
  const note = document.createElement('p')
  note.className = 'pita awas'
  note.setAttribute('role', 'status')
  note.hidden = true
  section.after(note)

  const over = () => {
    const end = section.querySelector('[data-selesai]')
    if (end?.dataset.selesai) location.assign(end.dataset.selesai)
    return Boolean(end)
  }
  function later(seconds) {
    clearTimeout(timer)
    timer = setTimeout(ask, seconds * 1000)
  }
  async function ask() {
    if (!section.isConnected || document.hidden) return
    const patience = new AbortController()
    const limit = setTimeout(() => patience.abort(), 15000)
    try {
      const answer = await fetch(section.dataset.url, { headers: { 'HX-Request': 'true' }, signal: patience.signal })
      // logged out, or gone: the page itself tells more than this fragment can
      if (answer.redirected || answer.status === 403 || answer.status === 404) return location.reload()
      if (!answer.ok) throw new Error(String(answer.status))
      htmx.swap(section, await answer.text(), { swapStyle: 'innerHTML' })
      note.hidden = true
      wait = pace
    } catch {
      wait = Math.min(wait * 2, SLOWEST)
      note.textContent = `Server tidak menjawab. Pekerjaan tetap berjalan; halaman ini bertanya lagi dalam ${wait} detik.`
      note.hidden = false
    } finally {
      clearTimeout(limit)
    }
    if (!over()) later(wait)
  }
  document.addEventListener('visibilitychange', () => { if (!document.hidden && !over()) later(0) })
  addEventListener('online', () => { if (!over()) later(0) })
  if (!over()) later(pace)
}
