"""A mutant put into a package that is loaded already: the code of its functions, exchanged where they stand.

What a module does while it is imported can't be changed so; such a mutant is left to who imports it afresh.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType


class Sources:
    """The sources of the loaded package, as they were."""

    def __init__(self, place: Path) -> None:
        self._texts = {file: file.read_bytes() for file in place.rglob("*.py")}

    def exchanged(self) -> bool:
        """Put the one changed file's functions in place; False when more than functions has changed."""
        for file, text in self._texts.items():
            if (now := file.read_bytes()) != text:
                pairs = list(_pairs(_compiled(text, file), _compiled(now, file)))
                if any(before is None for before, _ in pairs):
                    return False
                changed = {_name(before): after for before, after in pairs if before}
                return _exchange(str(file), changed) >= len(changed)
        return False


def _compiled(text: bytes, file: Path) -> CodeType:
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


def _exchange(file: str, changed: dict[tuple[str, int], CodeType]) -> int:
    """How many functions were given other code."""
    functions = [each for each in gc.get_objects() if isinstance(each, FunctionType)]
    live = [(each, changed.get(_name(each.__code__))) for each in functions if each.__code__.co_filename == file]
    for function, code in live:
        if code:
            function.__code__ = code
    return sum(code is not None for _, code in live)
