"""viewflow.fsm."""

from benchmarks.peers.django_settings import configure

configure()

from viewflow import fsm  # type: ignore[import-untyped]  # noqa: E402 - it reads Django's settings


class Model:
    """There and back."""

    state = fsm.State(("pending", "convoked"), default="pending")

    @state.transition(source="pending", target="convoked")  # type: ignore[untyped-decorator]
    def convoke(self) -> None:
        """Go there."""

    @state.transition(source="convoked", target="pending")  # type: ignore[untyped-decorator]
    def again(self) -> None:
        """And back."""
