"""Automat."""

from automat import TypeMachineBuilder

from benchmarks.peers import ThereAndBack


class _Core:
    """What a machine keeps beside its state: nothing."""


_builder = TypeMachineBuilder(ThereAndBack, _Core)
_pending, _convoked = _builder.state("pending"), _builder.state("convoked")
_pending.upon(ThereAndBack.convoke).to(_convoked).returns(None)
_convoked.upon(ThereAndBack.again).to(_pending).returns(None)
_machine = _builder.build()


def Model() -> ThereAndBack:  # noqa: N802 - a class in the other files
    """There and back."""
    return _machine(_Core())
