"""Finds the guards of wall 1 in our code, and takes one away at a time.

A guard is a decorator of a view (login_required, requires), a queryset method that asks whose rows they are
(visible_to, owned_by ...), a condition with the user in it (within, pemilik=user), a rule asked inside a
function, or a refusal that hangs on one of these. They are found in the syntax tree of every module of our
rooms, so a new one is attacked without a word here.
"""

from __future__ import annotations
import __future__

import ast
import copy
import importlib
import types
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from django.urls import URLPattern, get_resolver

from tests.databases import ROOT

ROOMS = ["sentral", "verval", "padan", "pmks", "psks", "kpm", "jobs", "access", "spatial"]
# Where no request passes, and where the guards themselves are defined.
OUTSIDE = {
    "migrations",
    "management",
    "demo",
    "templatetags",
    "admin.py",
    "scope.py",
    "rules.py",
    "settings.py",
}
DECORATORS = {"login_required", "requires", "permission_required", "user_passes_test"}
CONDITIONS = {"within", "within_reach"}
WHO = {"user", "request.user", "self.user", "by", "pemilik"}
LOOKUPS = {"filter", "get", "exclude", "get_object_or_404", "get_list_or_404"}
REFUSALS = {"Http404", "PermissionDenied"}


@dataclass(frozen=True)
class Guard:
    """One guard. function: the outermost function or method around it."""

    module: str
    function: str
    kind: str
    text: str
    place: int = field(compare=False, default=0)  # which node of the module's tree, in the order of ast.walk

    def __str__(self) -> str:
        return f"{self.module}.{self.function}: {self.text}"


def own_modules() -> Iterator[tuple[str, Path]]:
    """Every module of our rooms through which a request may pass."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if not OUTSIDE.intersection(path.relative_to(ROOT).parts) and path.name != "__init__.py":
                yield ".".join(path.relative_to(ROOT).with_suffix("").parts), path


@cache
def gates() -> frozenset[str]:
    """Queryset methods that take the user: visible_to, owned_by, seen_by and whatever comes."""
    found = {"visible_to"}
    for path in [path for room in ROOMS for path in (ROOT / room).glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and node.name.endswith("QuerySet"):
                methods = [part for part in node.body if isinstance(part, ast.FunctionDef)]
                found |= {m.name for m in methods if [a.arg for a in m.args.args][1:2] == ["user"]}
    return frozenset(found)


@cache
def rules() -> frozenset[str]:
    """Names of the rights in access/rules.py, and of the functions beside them that ask about a user."""
    names = set()
    for node in ast.parse((ROOT / "access" / "rules.py").read_text()).body:
        if isinstance(node, ast.Assign) and name_of(node.value) == "Rule":
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        if isinstance(node, ast.FunctionDef) and [a.arg for a in node.args.args] == ["user"]:
            names.add(node.name)
    return frozenset(names)


def name_of(node: ast.AST) -> str:
    """requires(x) and requires are both "requires"; a.b is "b"."""
    if isinstance(node, ast.Call):
        return name_of(node.func)
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def guards_of(module: str, path: Path) -> Iterator[Guard]:
    tree = ast.parse(path.read_text())
    places = {id(node): place for place, node in enumerate(ast.walk(tree))}
    for function, top in top_functions(tree):
        for decorator in top.decorator_list:
            if name_of(decorator) in DECORATORS:
                text = f"@{ast.unparse(decorator)}"
                yield Guard(module, function, "decorator", text, places[id(decorator)])
        for node in (inner for part in top.body for inner in ast.walk(part)):
            if kind := kind_of(node):
                yield Guard(module, function, kind, ast.unparse(node)[:90], places[id(node)])


def top_functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Functions of the module and methods of its classes, with their qualified names."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        if isinstance(node, ast.ClassDef):
            for part in node.body:
                if isinstance(part, ast.FunctionDef):
                    yield f"{node.name}.{part.name}", part


def kind_of(node: ast.AST) -> str:
    """What kind of guard a node is; "" for none."""
    if isinstance(node, ast.If) and any(raises(part) for part in node.body) and asks_who(node.test):
        return "refusal"
    if not isinstance(node, ast.Call):
        return ""
    name = name_of(node)
    if name in gates() and isinstance(node.func, ast.Attribute):
        return "gate"
    if name in CONDITIONS:
        return "condition"
    if name in rules() and isinstance(node.func, ast.Name) and node.args:
        return "rule"
    if name in LOOKUPS and whose(node):
        return "owner"
    return ""


def raises(node: ast.stmt) -> bool:
    return isinstance(node, ast.Raise) and node.exc is not None and name_of(node.exc) in REFUSALS


def asks_who(test: ast.expr) -> bool:
    return any(ast.unparse(node) in WHO for node in ast.walk(test) if isinstance(node, ast.expr))


def whose(call: ast.Call) -> list[ast.keyword]:
    return [word for word in call.keywords if word.arg and ast.unparse(word.value) in WHO]


def all_guards() -> list[Guard]:
    return [guard for module, path in own_modules() for guard in guards_of(module, path)]


# --- taking one away -------------------------------------------------------------------------------


class _Without(ast.NodeTransformer):
    """The tree without one guard."""

    def __init__(self, target: ast.AST, kind: str):
        self.target, self.kind = target, kind

    def visit(self, node: ast.AST):
        if node is not self.target:
            return self.generic_visit(node)
        if self.kind == "gate":
            return ast.Call(ast.Attribute(self.visit(node.func.value), "all", ast.Load()), [], [])
        if self.kind == "condition":
            return ast.parse("__import__('django').db.models.Q()", mode="eval").body
        if self.kind == "rule":
            return ast.Constant(name_of(node).startswith("may_"))  # only_counts narrows what one sees
        if self.kind == "owner":
            node.keywords = [word for word in node.keywords if word not in whose(node)]
        if self.kind == "refusal":
            node.test = ast.Constant(False)
        return node


@dataclass(frozen=True)
class Removal:
    """A guard and the code without it."""

    guard: Guard

    @property
    def module(self) -> types.ModuleType:
        return importlib.import_module(self.guard.module)

    @cached_property
    def tree(self) -> ast.Module:
        tree = copy.deepcopy(_tree(self.guard.module))
        target = next(node for place, node in enumerate(ast.walk(tree)) if place == self.guard.place)
        if self.guard.kind == "decorator":
            for _, function in top_functions(tree):
                function.decorator_list = [d for d in function.decorator_list if d is not target]
            return tree
        return ast.fix_missing_locations(_Without(target, self.guard.kind).visit(tree))

    @contextmanager
    def applied(self) -> Iterator[None]:
        """The site runs without the guard until the end."""
        with self._undecorated() if self.guard.kind == "decorator" else self._recoded():
            yield

    @contextmanager
    def _undecorated(self) -> Iterator[None]:
        name = self.guard.function
        before = getattr(self.module, name)
        part = next(function for found, function in top_functions(self.tree) if found == name)
        names = dict(vars(self.module))
        exec(compiled(ast.Module([part], []), self.module), names)  # noqa: S102
        patterns = [pattern for pattern in url_patterns() if pattern.callback is before]
        try:
            for pattern in patterns:
                pattern.callback = names[name]
            yield
        finally:
            for pattern in patterns:
                pattern.callback = before

    @contextmanager
    def _recoded(self) -> Iterator[None]:
        function = plain_function(self.module, self.guard.function)
        before = function.__code__
        code = code_named(compiled(self.tree, self.module), before.co_qualname)
        function.__code__ = code
        try:
            yield
        finally:
            function.__code__ = before


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(Path(importlib.import_module(module).__file__ or "").read_text())


def compiled(tree: ast.Module, module: types.ModuleType) -> types.CodeType:
    flags = __future__.annotations.compiler_flag
    return compile(tree, module.__file__ or "", "exec", flags=flags, dont_inherit=True)


def code_named(code: types.CodeType, qualname: str) -> types.CodeType:
    waiting = [code]
    while waiting:
        inner = [part for part in waiting.pop().co_consts if isinstance(part, types.CodeType)]
        for part in inner:
            if part.co_qualname == qualname:
                return part
        waiting += inner
    raise LookupError(qualname)


def plain_function(module: types.ModuleType, qualname: str) -> types.FunctionType:
    """The function of that name, out of its decorators or its property."""
    found = module
    for name in qualname.split("."):
        found = vars(found)[name]
    while True:
        inner = next(
            (getattr(found, a) for a in ("__wrapped__", "fget", "func", "__func__") if hasattr(found, a)),
            None,
        )
        if inner is None:
            return found
        found = inner


def url_patterns(patterns=None) -> Iterator[URLPattern]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            yield pattern
        else:
            yield from url_patterns(pattern.url_patterns)
