// Takes the reader to what matters first on a page that came back: the summary of errors.
export default function mount(element) {
  element.focus()
}
