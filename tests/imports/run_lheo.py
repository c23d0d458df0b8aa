"""Spoils the samples of LHEO as often as asked, and reads a document as large as asked; prints what came of it.

    python tests/imports/run_lheo.py [DOCUMENTS] [MEGABYTES] [SEED]

Each of a spoiled document's rows and faults must be well formed, and nothing may be raised. The large document has one
POEC in a hundred actions; how fast it is read and how much memory that takes is printed.
"""

from __future__ import annotations

import io
import random
import sys
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import BinaryIO, cast

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from lheo_samples import NAMES, SAMPLES
from test_lheo_fuzz import MAPPINGS, TOKENS

from poec_workflow.importing import ImportRow, ReadOptions, read_mapping
from poec_workflow.importing.lheo_reader import read_lheo
from poec_workflow.serialization import from_dict, to_dict

MEGABYTE = 1_000_000
_MOST_MEMORY = 40 * MEGABYTE


def spoiled(chance: random.Random) -> bytes:
    """A sample in which bytes were dropped, doubled, changed or put in."""
    data = bytearray((SAMPLES / f"{chance.choice(NAMES)}.xml").read_bytes())
    for _ in range(chance.randint(1, 6)):
        start = chance.randrange(len(data))
        end = start + chance.randrange(80)
        pieces = [b"", bytes(data[start:end]) * 2, bytes([chance.randrange(256)]), *TOKENS]
        data[start:end] = chance.choice(pieces)
    return bytes(data)


def spoil(documents: int, seed: int) -> Counter[str]:
    """Read so many spoiled documents."""
    chance, found = random.Random(seed), Counter[str]()  # noqa: S311 - a seed that can be given again
    for _ in range(documents):
        options = ReadOptions(mapping=chance.choice(MAPPINGS))
        for each in read_lheo(io.BytesIO(spoiled(chance)), options):
            if isinstance(each, ImportRow):
                assert from_dict(to_dict(each.command), type(each.command)) == each.command
                found["rows"] += 1
            else:
                assert each.message("fr")
                found["faults"] += 1
    return found


class Large(io.RawIOBase):
    """A document of so many bytes, made while it is read."""

    def __init__(self, size: int) -> None:
        self.pieces = self._made(size)

    def read(self, _size: int = -1) -> bytes:
        """The next piece."""
        return next(self.pieces, b"")

    def _made(self, size: int) -> Iterator[bytes]:
        text = (SAMPLES / "carif-2.2.xml").read_bytes()
        start, end = text.index(b"<formation "), text.index(b"</formation>") + len(b"</formation>")
        yield text[:start]
        made, number = 0, 0
        while made < size:
            number += 1
            title = b"POEC Conducteur" if number % 100 == 0 else b"Conducteur"
            one = text[start:end].replace(b"POEC Conducteur", title).replace(b'"75_', b'"%d_' % number)
            made += len(one)
            yield one
        yield b"</offres></lheo>"


def large(megabytes: int) -> BinaryIO:
    """A document of so many megabytes."""
    return cast("BinaryIO", Large(megabytes * MEGABYTE))


def main(documents: int = 20_000, megabytes: int = 100, seed: int = 1) -> None:
    """Do both, and print what came of it."""
    began = perf_counter()
    found = spoil(documents, seed)
    print(
        f"{documents} spoiled documents (seed {seed}): {found['rows']} rows, {found['faults']} faults, "
        f"nothing raised, in {perf_counter() - began:.0f} s"
    )
    mapping = read_mapping((SAMPLES / "carif-2.2.toml").read_bytes())
    began = perf_counter()
    rows = sum(1 for _ in read_lheo(large(megabytes), ReadOptions(mapping=mapping)))
    seconds = perf_counter() - began
    print(f"a document of {megabytes} MB: {rows} rows in {seconds:.1f} s, {megabytes / seconds:.1f} MB/s")
    tracemalloc.start()
    for _ in read_lheo(large(megabytes // 5), ReadOptions(mapping=mapping)):
        pass
    _, peak = tracemalloc.get_traced_memory()
    print(f"a fifth of it in {peak / MEGABYTE:.1f} MB of memory")
    if peak > _MOST_MEMORY:
        raise SystemExit("memory grows with the document")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
