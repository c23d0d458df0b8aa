"""Observers: who is called with every answer that stands, after the commit.

An observer is called with the answer. It may also take `request` and `duration`, by these names: what was asked, with
its actor, and in how many seconds the transaction was carried out, tries included. What shares a transaction (a batch,
a sweep) has the duration of the whole.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import lru_cache
from inspect import signature

from attrs import field, frozen

from poec_workflow.commands import Request
from poec_workflow.decider import Accepted, Refused

Answer = Accepted | Refused
Observe = Callable[..., object]
"""Takes the answer, and where it wants them `request` and `duration`."""

_MOST = 64
"""Services have few observers, and make them once."""


def package_logger(name: str) -> logging.Logger:
    """A logger of the package: where the host set up no logging, nothing is printed."""
    package = logging.getLogger(__name__.partition(".")[0])
    if not package.handlers:
        package.addHandler(logging.NullHandler())
    return logging.getLogger(name)


def tell(observe: Observe, answer: Answer, request: Request, duration: float) -> None:
    """Call an observer; what it raises is logged, and changes nothing.

    Args:
        observe: the observer.
        answer: that stands.
        request: what was asked.
        duration: seconds.
    """
    known = {"request": request, "duration": duration}
    try:
        observe(answer, **{name: known[name] for name in _wanted(observe)})
    except Exception:  # noqa: BLE001 - an observer is anybody's code
        package_logger(__name__).exception("an observer failed; the decision stands", extra=log_fields(answer, request))


def _wanted(observe: Observe) -> tuple[str, ...]:
    """Which of `request` and `duration` an observer takes."""
    try:
        return _wanted_by(observe)
    except TypeError:  # it can't be hashed
        return _wanted_by.__wrapped__(observe)


@lru_cache(maxsize=_MOST)
def _wanted_by(observe: Observe) -> tuple[str, ...]:
    try:
        taken = signature(observe).parameters
    except ValueError:  # some built-in functions do not say
        return ()
    return tuple(name for name in ("request", "duration") if name in taken)


def described(answer: Answer, request: Request) -> Mapping[str, str | tuple[str, ...]]:
    """An answer in a few codes, for logs and metrics; nobody's name is among them.

    Returns:
        `command`, `subject_kind`, `reference`, `actor_kind`, `organization` (empty where the actor has none), `outcome`
        (`accepted`, `refused` or `replayed`) and `codes`, those of the refusals or advisories.
    """
    if isinstance(answer, Refused):
        outcome, codes = "refused", answer.codes
    else:
        outcome = "replayed" if answer.replayed else "accepted"
        codes = frozenset(each.code for each in answer.advisories)
    return {
        "command": request.command.type,
        "subject_kind": request.command.subject_kind.value,
        "reference": request.command.reference,
        "actor_kind": request.actor.kind.value,
        "organization": request.actor.organization or "",
        "outcome": outcome,
        "codes": tuple(sorted(codes)),
    }


def log_fields(answer: Answer, request: Request) -> dict[str, str | tuple[str, ...]]:
    """What `described` says as `extra` of a log record, each name with `poec_` before it."""
    return {f"poec_{name}": value for name, value in described(answer, request).items()}


def _decisions() -> logging.Logger:
    return package_logger("poec_workflow.decisions")


@frozen
class LogDecisions:
    """An observer that logs every answer, with what `log_fields` says and `poec_duration`, in seconds, as `extra`.

    Attributes:
        logger: `poec_workflow.decisions` by default.
        level: of accepted commands.
        refused_level: of refused ones.
    """

    logger: logging.Logger = field(factory=_decisions)
    level: int = field(default=logging.INFO, kw_only=True)
    refused_level: int = field(default=logging.INFO, kw_only=True)

    def __call__(self, answer: Answer, request: Request, duration: float) -> None:
        """Log one answer."""
        level = self.refused_level if isinstance(answer, Refused) else self.level
        if self.logger.isEnabledFor(level):
            fields = log_fields(answer, request)
            codes = ", ".join(fields["poec_codes"])
            self.logger.log(
                level,
                "%s %s: %s%s",
                fields["poec_command"],
                fields["poec_reference"],
                fields["poec_outcome"],
                f" ({codes})" if codes else "",
                extra={**fields, "poec_duration": duration},
            )
