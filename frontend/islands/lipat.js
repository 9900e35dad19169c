// A <details> that opens like a menu: Escape, a click elsewhere and leaving it by Tab close it.
// Without script it stays an ordinary <details>.
export default function mount(details) {
  const summary = details.querySelector('summary')
  const close = () => { details.open = false }
  details.addEventListener('toggle', () => {
    if (details.open) details.querySelector('.lipat-cari [type="search"], [data-bagian="cari"]')?.focus()
  })
  details.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !details.open) return
    close()
    summary.focus()
  })
  details.addEventListener('focusout', (event) => {
    if (event.relatedTarget && !details.contains(event.relatedTarget)) close()
  })
  document.addEventListener('click', (event) => {
    if (details.open && !details.contains(event.target)) close()
  })
}
