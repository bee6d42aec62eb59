"""Everything compsvc raises on purpose.

    CompsvcError
      DataError        SourceMissing · SourceFormatError · RowRejected      workshop
      FitError         TooFewRows · FitDidNotConverge · GateRefused         workshop
      ArtifactError    ArtifactUnreadable · ArtifactCheckFailed             refuse to serve
      StoreUnreachable · StoreConflict                                      writes wait; ranges go on
      RequestError     RequestInvalid · RoleNotCovered · NotFound           counter
                       Unauthenticated · Forbidden · TooManyAttempts        counter, who asks
                       StateConflict · VersionConflict · VersionMissing     counter, what is kept

Domain modules raise these and know no HTTP; `app` alone maps a class to a status.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One refused field: where it is, what is wrong, what would be accepted."""

    pointer: str
    detail: str
    allowed: str | None = None
    did_you_mean: tuple[str, ...] = field(default=())

    def as_json(self) -> dict[str, object]:
        """The `errors[]` member of RFC 9457 problem details; empty members are left out."""
        body: dict[str, object] = {"pointer": self.pointer, "detail": self.detail}
        if self.allowed is not None:
            body["allowed"] = self.allowed
        if self.did_you_mean:
            body["did_you_mean"] = list(self.did_you_mean)
        return body


class CompsvcError(Exception):
    """Root of every error raised on purpose; `code` is stable and documented."""

    code: ClassVar[str] = "compsvc_error"

    def __init__(self, message: str, problems: tuple[FieldProblem, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.problems = problems


class DataError(CompsvcError):
    """Raw or own data that cannot be used as it is."""

    code = "data_error"


class SourceMissing(DataError):
    """A raw file is not where the importer looks for it."""

    code = "source_missing"


class SourceFormatError(DataError):
    """A raw file lacks a column or value the importer relies on."""

    code = "source_format"


class RowRejected(DataError):
    """One row breaks an edit rule; the message is the reason."""

    code = "row_rejected"


class FitError(CompsvcError):
    """The model could not be fitted or was not accepted."""

    code = "fit_error"


class TooFewRows(FitError):
    """Fewer rows than the smallest fit allows."""

    code = "too_few_rows"


class FitDidNotConverge(FitError):
    """A regression warned or failed to converge."""

    code = "fit_did_not_converge"


class GateRefused(FitError):
    """The promotion gate found a reason to keep the old model."""

    code = "gate_refused"


class ArtifactError(CompsvcError):
    """A model artifact that must not serve."""

    code = "artifact_error"


class ArtifactUnreadable(ArtifactError):
    """Missing, truncated, altered or of an unknown format version."""

    code = "artifact_unreadable"


class ArtifactCheckFailed(ArtifactError):
    """A worked role in the artifact does not give its expected answer."""

    code = "artifact_check_failed"


class StoreUnreachable(CompsvcError):
    """The database does not answer; what needs it may be tried again."""

    code = "store_unreachable"


class StoreConflict(CompsvcError):
    """What was to be kept is there already, or goes against what is there."""

    code = "store_conflict"


class RequestError(CompsvcError):
    """The caller asked for something that cannot be answered as asked."""

    code = "request_error"


class RequestInvalid(RequestError):
    """Well-formed, but a field's value is not allowed."""

    code = "invalid_request"


class RoleNotCovered(RequestError):
    """A role outside what the model covers: another country, currency or date."""

    code = "role_not_covered"


class NotFound(RequestError):
    """No such resource."""

    code = "not_found"


class Unauthenticated(RequestError):
    """Nobody signed in, or a key or session that is unknown, expired or revoked."""

    code = "unauthenticated"


class Forbidden(RequestError):
    """Signed in, but the role or the key's scopes do not allow it."""

    code = "forbidden"


class TooManyAttempts(RequestError):
    """Too many failed sign-ins; later ones are let through again."""

    code = "too_many_attempts"


class StateConflict(RequestError):
    """What is kept is in a state that does not allow it."""

    code = "state_conflict"


class VersionConflict(RequestError):
    """Somebody changed it since it was read."""

    code = "version_conflict"


class VersionMissing(RequestError):
    """A change must say which version it was made from, by If-Match."""

    code = "version_missing"
