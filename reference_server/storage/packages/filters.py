"""Which packages of a list are wanted."""

from __future__ import annotations

from dataclasses import dataclass

from peewee import Expression

from reference_server.storage.metadata.models import Package
from reference_server.storage.rules.coordinates import LONGEST
from reference_server.storage.rules.package_types import GENERIC, check_package_type
from reference_server.storage.rules.statuses import statuses_to_list

_NOTHING = Package.id < 0


@dataclass(frozen=True, slots=True)
class Filters:
    """What a client asks for, in its own words; what it did not say is None."""

    package_type: str | None = None
    package_name: str | None = None
    package_version: str | None = None
    status: str | None = None

    def judge(self) -> Expression:
        """Give the condition that packages must meet. Raises PARAMETER_VALUE_UNKNOWN for a type or status."""
        check_package_type(self.package_type)
        statuses = sorted(statuses_to_list(self.status))
        if not statuses or self.package_type not in (None, GENERIC) or _too_long(self.package_name):
            return _NOTHING
        condition = Package.status.in_(statuses)
        if self.package_name is not None:
            condition &= Package.name.contains(self.package_name)
        if self.package_version is not None:
            condition &= Package.version == self.package_version
        return condition


def _too_long(part: str | None) -> bool:
    """Say whether no name can hold a part, which the database would not even look for."""
    return part is not None and len(part) > LONGEST
