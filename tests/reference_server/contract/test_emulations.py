"""What --emulate takes."""

import pytest

from reference_server.contract.emulations import SENTENCES, Emulation, read


def test_a_list_names_emulations_with_or_without_a_number() -> None:
    emulations = read("late-rights=7, slow,direct-download")
    assert emulations.number(Emulation.LATE_RIGHTS) == 7
    assert emulations.number(Emulation.SLOW) == 100
    assert Emulation.DIRECT_DOWNLOAD in emulations
    assert Emulation.LATE_JOBS not in emulations
    assert read(str(emulations)) == emulations


@pytest.mark.parametrize("text", ["late", "slow=0", "slow=-1", "slow=x", "direct-download=1", "slow=99999999"])
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"names|takes"):
        read(text)


def test_every_emulation_has_its_sentence() -> None:
    assert set(SENTENCES) == set(Emulation)
