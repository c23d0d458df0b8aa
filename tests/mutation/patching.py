"""A mutant put into a package that is loaded already: the code of its functions, exchanged where they stand.

What a module does while it is imported can't be changed so; such a mutant is left to who imports it afresh.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType


def changes(file: Path, before: str, after: str) -> dict[tuple[str, int], CodeType] | None:
    """The functions of a file whose code differs, by name and line; None where more than functions does."""
    try:
        pairs = list(_pairs(_compiled(before, file), _compiled(after, file)))
    except (SyntaxError, ValueError):  # it is no Python any more, or has other functions
        return None
    named = {_name(old): new for old, new in pairs if old}
    return named if named and len(named) == len(pairs) else None


def exchange(file: Path, changed: dict[tuple[str, int], CodeType]) -> bool:
    """Give the loaded functions of a file their other code; whether each was found."""
    functions = [each for each in gc.get_objects() if isinstance(each, FunctionType)]
    ours = [each for each in functions if each.__code__.co_filename == str(file)]
    found = [(each, changed[_name(each.__code__)]) for each in ours if _name(each.__code__) in changed]
    for function, code in found:
        function.__code__ = code
    return len(found) >= len(changed)


def _compiled(text: str, file: Path) -> CodeType:
    return compile(text, str(file), "exec", dont_inherit=True)


def _pairs(before: CodeType, after: CodeType, *, within: bool = False) -> Iterator[tuple[CodeType | None, CodeType]]:
    """The outermost functions that differ; None for what is no function's, or has another shape."""
    function = bool(before.co_flags & 2)  # CO_NEWLOCALS: a function's, not a module's nor a class's
    if function and not within:
        if _all(before) != _all(after):
            yield (before if before.co_freevars == after.co_freevars else None, after)
        return
    if _own(before) != _own(after):
        yield None, after
        return
    for one, two in zip(_inner(before), _inner(after), strict=True):
        yield from _pairs(one, two)


def _inner(code: CodeType) -> list[CodeType]:
    return [each for each in code.co_consts if isinstance(each, CodeType)]


def _own(code: CodeType) -> tuple[object, ...]:
    consts = tuple((type(each), each) if not isinstance(each, CodeType) else each.co_name for each in code.co_consts)
    return code.co_code, consts, code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars


def _all(code: CodeType) -> tuple[object, ...]:
    return (_own(code), *(_all(each) for each in _inner(code)))


def _name(code: CodeType) -> tuple[str, int]:
    return code.co_qualname, code.co_firstlineno
