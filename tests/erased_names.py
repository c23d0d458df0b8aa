"""People with names that a store keeps in many forms, and where these are looked for."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from attrs import evolve

from guarantees import ADVISER, NOW, workflow_with_session
from poec_workflow import Actor, Candidate, Prescriber, Workflow, commands
from poec_workflow.ports import Delivery, Settlement, Storage
from poec_workflow.views.folded_text import folded
from poec_workflow.views.ordering import name_key

LETTERS = "abcdefghijklmnopqrstuvwxyzàâçéèêëîïôœùûüÿ"
NAMES = (
    "Zoé Nabilœuvre",
    "ÉLOÏSE D'ÀCCENTÛ",
    "Li Qx",
    "Straße Øyvind Łukasz",
    'Ana "Nita" Quoted\\Back',
    "Très-Longue de la Rochefoucauld-Montbel " * 200,
    "李小龙测试",
    "Игорь Петров",
)
AWAY = Actor(kind="adviser", organization="FT", reference="U-77", name="Conseillère Durandal")


def registered(workflow: Workflow, number: int, name: str, *, again: bool = True) -> None:
    """Somebody who registers themself, gives up, and applies again under a corrected name."""
    reference = f"P-{number}"
    person = Candidate(reference=reference, name=name, email=f"mel.{number:05}@exemple-{number}.example")
    actor = Actor(kind="candidate", candidate=reference, reference=f"login-{number:05}", name=name)
    sender = Prescriber(origin="self", name=name)
    register = commands.Preregister(f"C-{number}", session="S-1", candidate=person, prescriber=sender)
    workflow.execute(register, actor, key=f"k{number}")
    workflow.execute(commands.Withdraw(f"C-{number}", reason="found-employment"), actor)
    if again:
        more = evolve(person, name=f"{name} Bis", email=f"nouveau.{number:05}@exemple.example")
        second = commands.Preregister(f"D-{number}", session="S-1", candidate=more, prescriber=sender)
        workflow.execute(second, actor)
        workflow.execute(commands.Withdraw(f"D-{number}", reason="found-employment"), actor)


def town(storage: Storage, names: Sequence[str] = NAMES) -> Workflow:
    """A session with all of them, and channels that answered with their addresses."""
    workflow = workflow_with_session(storage, seats=max(500, len(names)))
    for number, name in enumerate(names):
        registered(workflow, number, name)
    claimed = storage.outbox.claim(limit=40, now=NOW, lease=timedelta(hours=1))
    storage.outbox.settle(
        [
            Settlement(claimed=each, outcome=Delivery.DEAD, at=NOW, answer=f"550 <{_mail(each.message.stream)}> ?")
            for each in claimed
        ]
    )
    return workflow


def _mail(stream: str) -> str:
    number = int(stream.partition("-")[2]) if stream[2:].isdigit() else 0
    return f"mel.{number:05}@exemple-{number}.example"


def drawn(many: int, seed: int) -> list[str]:
    """Names of any length, so that pages are split anywhere."""
    draw = random.Random(seed)  # noqa: S311 - names, not secrets
    lengths = (8, 12, 20, 60, 300, 5_000)
    return ["".join(draw.choices(LETTERS, k=draw.choice(lengths))).title() for _ in range(many)]


def forms(number: int, name: str) -> Iterator[bytes]:
    """The texts that would say who somebody was, as they may be stored."""
    for text in (name, f"{name} Bis"):
        said = {text, text.upper(), text.lower(), folded(text), name_key(text), json.dumps(text)[1:-1]}
        said |= {json.dumps(text, ensure_ascii=False)[1:-1], text[:60], text[-60:]}
        for each in said:
            if len(each.strip("0 ")) >= 5:  # shorter ones are in any file by chance
                yield each.encode()
    yield f"login-{number:05}".encode()
    yield f"mel.{number:05}@".encode()
    yield f"nouveau.{number:05}@".encode()


def found(folder: Path, names: Iterable[tuple[int, str]]) -> list[tuple[str, bytes]]:
    """Which of the texts is in which file of a folder."""
    known = [(file.name, file.read_bytes()) for file in sorted(folder.iterdir()) if file.is_file()]
    texts = [each for number, name in names for each in forms(number, name)]
    return [(file, text[:40]) for file, data in known for text in texts if text in data]


def rejected(workflow: Workflow, comment: str) -> None:
    """Somebody's application, which an adviser ended with a comment."""
    sender = Prescriber(origin="france-travail", organization="FT", name="Prescriptrice Vaugirard")
    person = Candidate(reference="P-900", name="Nom Quelconque")
    register = commands.Preregister("C-900", session="S-1", candidate=person, prescriber=sender)
    workflow.execute(register, evolve(AWAY, organization=ADVISER.organization))
    withdraw = commands.Withdraw("C-900", reason="found-employment", comment=comment)
    workflow.execute(withdraw, evolve(AWAY, organization=ADVISER.organization))
