// "Tampilkan" beside a password: shows what is typed, and hides it again.
export default function mount(button) {
  const input = document.getElementById(button.getAttribute('aria-controls'))
  button.hidden = false
  button.addEventListener('click', () => {
    const shown = input.type === 'text'
    input.type = shown ? 'password' : 'text'
    button.textContent = shown ? 'Tampilkan' : 'Sembunyikan'
    button.setAttribute('aria-pressed', String(!shown))
    input.focus()
  })
  input.form.addEventListener('submit', () => { input.type = 'password' })
}
