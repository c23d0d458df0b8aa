"""Elements of an LHEO document: names in lower case, their own texts, and the lines that they begin on."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import define, field


@define(repr=False, eq=False)
class Element:
    """An element as it was read; it is filled while its document is.

    Attributes:
        name: without its namespace, in lower case, for real files write both `SIRET` and `siret`.
        line: where it begins, counted from 1.
        attributes: by name, without namespaces, in lower case.
        pieces: its own text, as it came.
        doubt: why its text can't be trusted: it was written in another encoding than the one declared.
    """

    name: str
    line: int
    attributes: dict[str, str] = field(factory=dict)
    children: list[Element] = field(factory=list)
    pieces: list[str] = field(factory=list)
    doubt: str | None = None

    @property
    def text(self) -> str:
        """Its own text, whole."""
        return "".join(self.pieces)

    def named(self, name: str) -> Iterator[Element]:
        """Its children of a name, in whatever case."""
        known = name.lower()
        return (each for each in self.children if each.name == known)

    def first(self, *path: str) -> Element | None:
        """The first descendant at the end of a path of names."""
        found: Element | None = self
        for name in path:
            found = next(found.named(name), None) if found else None
        return found

    def within(self, name: str) -> Iterator[Element]:
        """Its descendants of a name, however deep, in the document's order."""
        waiting = self.children[::-1]
        while waiting:
            each = waiting.pop()
            if each.name == name:
                yield each
            waiting += each.children[::-1]
