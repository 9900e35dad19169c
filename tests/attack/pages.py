"""Asking for pages and comparing what comes back: probes, answers without their moving parts, forms, links."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

import openpyxl
import pypdf
from django.test import Client

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"
# What differs between two answers that say the same: tokens against forgery, the random names of searches
# and of form fields, and the moment. Lengths stay as they were.
MOVING = [
    (re.compile(r'((?:name="csrf-token" content|name="csrfmiddlewaretoken" value)=")[^"]+'), r"\1#"),
    (re.compile(r"(\bcari=)[\w-]{12}"), r"\1#"),
    (re.compile(r'(name="cari" value=")[\w-]{12}"'), r'\1#"'),
    (re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b"), "#"),
    (re.compile(r"(nonce-|nonce=\")[\w+/=-]+"), r"\1#"),
]


@dataclass(frozen=True)
class Probe:
    """One request. A POST carries `data`; a GET has its query in `path`."""

    method: str
    path: str
    data: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path} {dict(self.data) or ''}".rstrip()


@dataclass(frozen=True)
class Answer:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: str = field(repr=False)


def ask(client: Client, probe: Probe, **headers: str) -> Answer:
    """Send a probe and return the answer without its moving parts; workbooks and PDFs as their text."""
    send = getattr(client, probe.method)
    response = send(probe.path, dict(probe.data), **headers) if probe.data else send(probe.path, **headers)
    content = b"".join(response.streaming_content) if response.streaming else response.content
    kept = {
        name: value
        for name, value in response.headers.items()
        if name not in {"Date", "Set-Cookie", "Expires"}
    }
    if kept.get("Content-Type", "") == XLSX:
        kept.pop("Content-Length", None)  # packed with the moment inside
    if probe.method == "post" and "Location" in kept:
        kept["Location"] = re.sub(r"/\d+/", "/#/", kept["Location"])  # the id of what was just made
    return Answer(
        response.status_code,
        tuple(sorted((name, still(value)) for name, value in kept.items())),
        still(text_of(content, kept.get("Content-Type", ""))),
    )


def still(text: str) -> str:
    for pattern, replacement in MOVING:
        text = pattern.sub(replacement, text)
    return text


def text_of(content: bytes, kind: str) -> str:
    """What is written in a body: the cells of a workbook, the text of a PDF, else the bytes as they are."""
    if kind.startswith(XLSX):
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        return "\n".join(repr(row) for sheet in book for row in sheet.iter_rows(values_only=True))
    if kind.startswith(PDF):
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    return content.decode("utf-8", "replace")


# --- forms and links -----------------------------------------------------------------------------


@dataclass
class Form:
    """A form of a page. fields: what a browser would send; choices: what else its selects offer."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    typed: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)


class _Reader(HTMLParser):
    """Collects the forms and links of a page."""

    TYPED = frozenset({"text", "search", "email", "tel", "password", "number", "date", ""})

    def __init__(self, path: str):
        super().__init__()
        self.path = path
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select = ""
        self._by_id: dict[str, Form] = {}

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(urljoin(self.path, given["href"]))
        for name in ("hx-get", "data-url"):
            if name in given:
                self.links.append(urljoin(self.path, given[name]))
        if tag == "form":
            action = urljoin(self.path, given.get("action") or self.path)
            self._form = Form(action, given.get("method", "get").lower())
            self.forms.append(self._form)
            self._by_id[given.get("id", "")] = self._form
        form = self._by_id.get(given["form"]) if given.get("form") else self._form
        if form is not None and given.get("name"):
            self._field(form, tag, given)
        if tag == "option" and self._form is not None and self._select:
            self._form.choices[self._select].append(given.get("value", ""))
            if "selected" in given or self._select not in self._form.fields:
                self._form.fields[self._select] = given.get("value", "")

    def _field(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name, kind = given["name"], given.get("type", "").lower()
        if tag == "select":
            self._select = name
            form.choices.setdefault(name, [])
        elif tag == "textarea":
            form.typed.add(name)
            form.fields.setdefault(name, "")
        elif tag == "button" or (tag == "input" and kind == "submit"):
            form.choices.setdefault(name, []).append(given.get("value", ""))
        elif tag == "input" and kind == "file":
            form.files.add(name)
        elif tag == "input" and kind in {"checkbox", "radio"}:
            form.choices.setdefault(name, []).append(given.get("value", "on"))
            if "checked" in given:
                form.fields[name] = given.get("value", "on")
        elif tag == "input":
            form.fields[name] = given.get("value", "")
            if kind in self.TYPED:
                form.typed.add(name)

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""


def read_page(path: str, body: str) -> _Reader:
    """The forms and links of a page that was fetched from `path`."""
    reader = _Reader(urlsplit(path).path)
    reader.feed(body)
    return reader


def is_ours(url: str) -> bool:
    """An address of this site that shows rows: no file, no log-out, nothing outside, not the admin site."""
    parts = urlsplit(url)
    return not parts.netloc and not parts.path.startswith(("/static/", "/admin/", "/akun/logout/"))


def variants(page: _Reader) -> Iterator[Probe]:
    """The addresses that a page leads to: its links, and every choice of its GET forms by itself."""
    for link in page.links:
        if is_ours(link):
            yield Probe("get", link.split("#")[0])
    for form in page.forms:
        if form.method != "get" or not is_ours(form.action):
            continue
        base = {name: value for name, value in form.fields.items() if value}
        for name, offered in form.choices.items():
            for value in offered:
                yield Probe("get", f"{form.action}?{urlencode(base | {name: value})}")


def crawl(start: list[Probe], answer: Callable[[Probe], Answer], most: int) -> dict[Probe, Answer]:
    """Ask every probe of `start`, and what their pages lead to, breadth first, `most` at the most.

    Of one address with different queries no more than a dozen are followed, so that one page with a long
    list of choices does not use up the whole walk.
    """
    found: dict[Probe, Answer] = {}
    waiting, seen, times = list(start), set(start), dict[str, int]()
    while waiting and len(found) < most:
        probe = waiting.pop(0)
        found[probe] = said = answer(probe)
        if said.status != 200 or "text/html" not in dict(said.headers).get("Content-Type", ""):
            continue
        for further in variants(read_page(probe.path, said.body)):
            place = re.sub(r"\d+", "#", urlsplit(further.path).path)
            if further not in seen and times.get(place, 0) < 12:
                seen.add(further)
                times[place] = times.get(place, 0) + 1
                waiting.append(further)
    return found
