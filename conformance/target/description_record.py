"""What results.json keeps of the description of a target, so that a run can be judged again: all but the secrets."""

from collections.abc import Mapping
from dataclasses import dataclass

from conformance.target.access import Actor, AuthenticationScheme, Credential, TargetProject, Visibility
from conformance.target.description import TargetDescription
from conformance.transport.address import parse_address


@dataclass(frozen=True, slots=True)
class CredentialRecord:
    """A credential by the variable that stands for its secret; actor and visibility only where it is an actor's."""

    variable: str
    scheme: AuthenticationScheme
    actor: Actor | None = None
    visibility: Visibility | None = None

    def stand_in(self) -> Credential:
        """Return a credential with a text in the place of the secret."""
        return Credential(self.variable, f"stand-in-for-{self.variable}", self.scheme)


@dataclass(frozen=True, slots=True)
class DescriptionRecord:
    """A description without its secrets; `expected_failures` are reasons by requirement id."""

    owner: CredentialRecord | None
    writer: CredentialRecord | None
    projects: tuple[TargetProject, ...]
    credentials: tuple[CredentialRecord, ...]
    capabilities_off: tuple[str, ...]
    expected_failures: Mapping[str, str]

    def description(self, url: str) -> TargetDescription:
        """Return a description of the target at `url` with stand-ins for the secrets."""
        return TargetDescription(
            address=parse_address(url),
            owner=self.owner.stand_in() if self.owner else None,
            writer=self.writer.stand_in() if self.writer else None,
            projects={project.visibility: project for project in self.projects},
            credentials={
                (one.actor, one.visibility): one.stand_in()
                for one in self.credentials
                if one.actor is not None and one.visibility is not None
            },
            capabilities_off=frozenset(self.capabilities_off),
            expected_failures=self.expected_failures,
        )


def description_record(description: TargetDescription) -> DescriptionRecord:
    """Return what is kept of a description; of the variables of one secret the last, which stands for it in reports."""
    variables = {credential.secret: credential.variable for credential in description.known_credentials()}

    def kept(
        credential: Credential, actor: Actor | None = None, visibility: Visibility | None = None
    ) -> CredentialRecord:
        return CredentialRecord(variables[credential.secret], credential.scheme, actor, visibility)

    return DescriptionRecord(
        owner=kept(description.owner) if description.owner else None,
        writer=kept(description.writer) if description.writer else None,
        projects=tuple(description.projects.values()),
        credentials=tuple(
            kept(credential, actor, visibility) for (actor, visibility), credential in description.credentials.items()
        ),
        capabilities_off=tuple(sorted(description.capabilities_off)),
        expected_failures=dict(description.expected_failures),
    )
