"""python-statemachine."""

from statemachine import State, StateMachine


class Model(StateMachine):
    """There and back."""

    pending = State(initial=True)
    convoked = State()
    convoke = pending.to(convoked)
    again = convoked.to(pending)
