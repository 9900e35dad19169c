// A link that leads to a confirmation page opens that page's question as a dialog instead; focus on the harmless button.
// <div data-island="konfirmasi"><a href="/impor/12/batalkan/">Batalkan impor…</a></div>. Without script the link opens the page.
export default function mount(root) {
  const link = root.matches('a') ? root : root.querySelector('a')
  if (!link || typeof HTMLDialogElement === 'undefined') return

  link.addEventListener('click', async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return
    event.preventDefault()
    const question = await load(link.href)
    if (question) show(question, link)
    else location.assign(link.href)
  })
}

async function load(url) {
  try {
    const answer = await fetch(url, { headers: { Accept: 'text/html' } })
    if (!answer.ok) return null
    return new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('[data-konfirmasi]')
  } catch {
    return null
  }
}

function show(question, link) {
  const dialog = document.createElement('dialog')
  dialog.className = 'dialog'
  dialog.setAttribute('aria-labelledby', 'tanya-judul')
  const title = document.createElement('h2')
  title.id = 'tanya-judul'
  title.textContent = question.querySelector('h1').textContent
  question.querySelector('h1').replaceWith(title)
  dialog.append(...document.adoptNode(question).childNodes)
  document.body.append(dialog)
  const harmless = dialog.querySelector('[data-jangan]')
  harmless.addEventListener('click', (event) => {
    event.preventDefault()
    dialog.close()
  })
  dialog.addEventListener('close', () => {
    dialog.remove()
    link.focus()
  })
  dialog.showModal()
  harmless.focus()
}
