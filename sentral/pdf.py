"""A page of ours as PDF. Nothing is fetched while it is made: no address in a field can reach a server or a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

CSS = Path(__file__).parent / "surat.css"


def pdf_of(template: str, context: dict[str, Any]) -> bytes:
    """Render `template` with the letter's style sheet."""
    return laid_out(template, context, CSS).write_pdf()


def laid_out(template: str, context: dict[str, Any], css: Path) -> Any:
    """`template` on its pages (weasyprint.Document), with the style sheet `css`."""
    from weasyprint import CSS as Sheet  # half a second to import: not for every worker at start
    from weasyprint import HTML

    fetcher = refusing_fetcher()
    page = HTML(string=render_to_string(template, context), url_fetcher=fetcher)
    return page.render(stylesheets=[Sheet(string=css.read_text(), url_fetcher=fetcher)])


def refusing_fetcher() -> Any:
    """What WeasyPrint asks for addresses: it has none to give. Whoever asks is an intruder."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher

    class Refusing(URLFetcher):
        def fetch(self, url, headers=None):
            raise FatalURLFetchingError(f"a letter asks for {url[:40]}")

    return Refusing()
