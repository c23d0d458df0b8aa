"""Picks of the kit's sample messages."""

from __future__ import annotations

from collections.abc import Sequence

from poec_workflow.testing.contracts.sample_messages import Sample, sample_messages

__all__ = ["Sample", "samples", "the"]

samples = sample_messages


def the(found: Sequence[Sample], event: str, to: str) -> Sample:
    """The first sample of an event, or of the digest, to a kind of addressee."""
    kinds = ((each.entry.event.type if each.entry else "digest", message.to.kind) for message, each in found)
    return next(sample for sample, kind in zip(found, kinds, strict=True) if kind == (event, to))
