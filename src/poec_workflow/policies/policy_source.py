"""The details that a policy may give, read off its source, so that a misspelt placeholder shows before any refusal."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable, Iterator
from tokenize import TokenError
from typing import Any

Names = frozenset[str]


def details_of(policy: Callable[..., Any]) -> Names | None:
    """The names of all details that a policy may give; None where its source does not say.

    It says so where each `return` is a mapping written out, as `{"on": …}` or `dict(on=…)`, or None. The details of
    any other policy are known with its first refusal.
    """
    if not inspect.isfunction(policy) or hasattr(policy, "__wrapped__"):
        return None
    try:
        (definition,) = ast.parse(textwrap.dedent(inspect.getsource(policy))).body
    except (OSError, SyntaxError, TokenError, ValueError):
        return None  # there is no source, as in an interactive session, or it is part of a larger line, or has changed
    if not isinstance(definition, ast.FunctionDef) or definition.name != policy.__name__:
        return None
    return _all_of(_names_in(each.value) for each in _returns(definition))


def _returns(node: ast.AST) -> Iterator[ast.Return]:
    """The function's own returns, not those of functions within."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Return):
            yield child
        elif not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            yield from _returns(child)


def _names_in(value: ast.expr | None) -> Names | None:
    match value:
        case None | ast.Constant(value=None):
            return frozenset()
        case ast.IfExp(body=body, orelse=orelse):
            return _all_of(map(_names_in, (body, orelse)))
        case ast.Dict(keys=keys):
            return _all_of(map(_name_of, keys))
        case ast.Call(func=ast.Name(id="dict"), args=[], keywords=keywords):
            return _all_of(None if each.arg is None else frozenset({each.arg}) for each in keywords)
    return None


def _name_of(key: ast.expr | None) -> Names | None:
    match key:
        case ast.Constant(value=str(name)):
            return frozenset({name})
    return None


def _all_of(parts: Iterable[Names | None]) -> Names | None:
    names: set[str] = set()
    for part in parts:
        if part is None:
            return None
        names |= part
    return frozenset(names)
