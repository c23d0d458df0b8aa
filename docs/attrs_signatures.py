"""Signatures of attrs classes as they are written: each default is the expression that stands in the class."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from functools import cache
from typing import Any

import attrs
from sphinx.application import Sphinx

_EMPTY = {"dict": "{}", "list": "[]", "tuple": "()", "set": "set()"}


def signature_of(cls: type) -> str:
    """The parameters of an attrs class, keyword-only ones behind a star."""
    fields = [each for each in attrs.fields(cls) if each.init]
    positional = [_parameter(cls, each) for each in fields if not each.kw_only]
    named = [_parameter(cls, each) for each in fields if each.kw_only]
    return f"({', '.join([*positional, *(['*', *named] if named else [])])})"


def _parameter(cls: type, field: attrs.Attribute[Any]) -> str:
    if field.default is attrs.NOTHING:
        return field.alias
    home = next(each for each in cls.__mro__ if field.name in inspect.get_annotations(each))
    return f"{field.alias}={_default(_assigned(home)[field.name])}"


@cache
def _assigned(cls: type) -> dict[str, ast.expr]:
    body = ast.parse(textwrap.dedent(inspect.getsource(cls))).body[0]
    return {name: value for statement in getattr(body, "body", ()) for name, value in _assignment(statement)}


def _assignment(statement: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value:
        yield statement.target.id, statement.value


def _default(value: ast.expr) -> str:
    if not (isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "field"):
        return ast.unparse(value)
    given = {each.arg: each.value for each in value.keywords}
    if "default" in given:
        return ast.unparse(given["default"])
    factory = given["factory"]
    if isinstance(factory, ast.Lambda):
        return ast.unparse(factory.body)
    return _EMPTY.get(ast.unparse(factory), f"{ast.unparse(factory)}()")


def _written(_app: Sphinx, what: str, _name: str, described: Any, _options: Any, _signature: str, returns: str) -> Any:  # noqa: ANN401 - Sphinx's own
    return (signature_of(described), returns) if what == "class" and attrs.has(described) else None


def setup(app: Sphinx) -> dict[str, bool]:
    """Sphinx's entry."""
    app.connect("autodoc-process-signature", _written)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
