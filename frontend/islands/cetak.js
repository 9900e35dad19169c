// A button that prints the page; without script there is none.
export default function mount(button) {
  button.hidden = false
  button.addEventListener('click', () => window.print())
}
