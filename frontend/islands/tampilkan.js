// "Tampilkan NIK…": opens the page behind the link as a dialog over this one. What it shows goes with the dialog:
// closing it, leaving the page and the browser's back button all take it away. Without script the link opens the page.
import htmx from 'htmx.org'

export default function mount(link) {
  if (typeof HTMLDialogElement === 'undefined') return
  link.addEventListener('click', (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return
    event.preventDefault()
    open(link)
  })
}

async function open(link) {
  const dialog = document.createElement('dialog')
  dialog.className = 'dialog'
  dialog.dataset.tampilkan = ''
  dialog.setAttribute('aria-labelledby', 'tampilkan-judul')
  document.body.append(dialog)
  const leave = () => dialog.close()
  dialog.addEventListener('click', (event) => {
    if (!event.target.closest('[data-jangan]')) return
    event.preventDefault()
    leave()
  })
  dialog.addEventListener('close', () => {
    removeEventListener('pagehide', leave)
    dialog.remove()
    link.focus()
  })
  addEventListener('pagehide', leave) // a page kept for the back button keeps no number
  await htmx.ajax('GET', link.getAttribute('href'), { target: dialog, swap: 'innerHTML' })
  if (!dialog.firstElementChild) {
    dialog.remove() // the server did not answer; the page says so
    return
  }
  dialog.showModal()
  dialog.addEventListener('htmx:afterSettle', () => {
    (dialog.querySelector('.ringkas-salah, .is-invalid') ?? dialog.querySelector('#tampilkan-judul'))?.focus()
  })
}
