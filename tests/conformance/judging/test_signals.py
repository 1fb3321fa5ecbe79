"""Of the signals that would end the program, the first is held back while it cleans up."""

import signal
from contextlib import suppress

import pytest

from conformance.judging.signals import HELD_BACK, first_interrupt_held_back


@pytest.mark.parametrize("number", HELD_BACK)
def test_the_first_signal_is_held_back(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with first_interrupt_held_back():
        signal.raise_signal(number)
    assert signal.getsignal(number) is before


def test_the_second_signal_is_not() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with suppress(KeyboardInterrupt), first_interrupt_held_back():
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)
        pytest.fail("the second signal was held back")
    assert signal.getsignal(signal.SIGTERM) is before
