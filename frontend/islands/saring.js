// The filter on a phone: only the search field, the rest behind "Saringan lain". Nothing is sent by itself.
export default function mount(form) {
  const button = form.querySelector('[data-bagian="lain"]')
  if (!button) return
  const set = (open) => {
    form.classList.toggle('terbuka', open)
    button.setAttribute('aria-expanded', String(open))
    button.textContent = open ? 'Sembunyikan saringan lain' : 'Saringan lain'
  }
  button.addEventListener('click', () => {
    const open = !form.classList.contains('terbuka')
    set(open)
    if (open) form.querySelector('.lebar-saja select, .lebar-saja input, .lebar-saja summary')?.focus()
  })
  form.classList.add('dapat-lipat')
  set(Boolean(form.querySelector('.salah')))
}
