"""What convicts a lawful registry: whatever the suite holds against it, beyond what its row gives up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conformance.judging.verdicts import Outcome
from conformance.selftest.findings import Findings, requirement_of
from conformance.selftest.lawful.registry import LawfulRegistry
from conformance.selftest.matrix import matches


def convictions(row: LawfulRegistry, findings: Findings, mutated: int) -> tuple[str, ...]:
    """Return a sentence for each thing that keeps a registry from being acquitted; `mutated` counts changed requests.

    An acquittal is the outcome conformant, with every MUST passed, but for what the row says; where it says that a MUST
    is untestable, the outcome is incomplete.
    """
    return tuple(_convictions(row, findings, mutated))


def _convictions(row: LawfulRegistry, findings: Findings, mutated: int) -> Iterator[str]:
    if findings.refusal:
        yield f"the run was refused: {findings.refusal}"
        return
    red, untestable = findings.kills.red, findings.kills.untestable
    musts = findings.baseline.musts
    exempt = [glob for exemption in row.exemptions for glob in exemption.requirements]
    yield from (f"fails {each}" for each in sorted(red) if requirement_of(each) in musts or not matches(each, exempt))
    yield from (f"untestable {each}" for each in sorted(untestable) if not matches(each, exempt))
    yield from (f"not applicable {each}" for each in sorted(findings.not_applicable) if not matches(each, exempt))
    yield from findings.errors
    if findings.outcome not in ((Outcome.CONFORMANT, Outcome.INCOMPLETE) if untestable else (Outcome.CONFORMANT,)):
        yield f"the outcome is {findings.outcome}"
    if row.is_made_by_proxy and not mutated and not row.without:
        yield "the proxy changed nothing"
    yield from _unneeded(row, findings, red | untestable | findings.not_applicable)


def _unneeded(row: LawfulRegistry, findings: Findings, spoilt: Iterable[str]) -> Iterator[str]:
    judged = {requirement_of(each) for each in findings.baseline.expectations | findings.baseline.controls}
    judged |= findings.not_applicable
    for exemption in row.exemptions:
        for glob in exemption.requirements:
            if exemption.always and any(matches(each, [glob]) for each in judged) and not _is_needed(glob, spoilt):
                yield f"nothing needs the exemption of {glob}"


def _is_needed(glob: str, spoilt: Iterable[str]) -> bool:
    return any(matches(each, [glob]) for each in spoilt)
