"""The ledger of releases, asked: which is current, which is a month's newest, does it still stand.

Pure reading of what the state store has; writing to it belongs to `release.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from orchestration.state import Confirmation, Release, State

# Readers have seen these; a number that was only prepared or abandoned they have not.
_SEEN_BY_READERS = ("published", "withdrawn")


class Ledger:
    """The ledger as it is now."""

    def __init__(self, state: State) -> None:
        self.releases = state.releases()
        self._confirmations = state.confirmations()
        self._confirmed_at = state.confirmed_at()

    def seen(self) -> list[Release]:
        """The releases that readers have seen, withdrawn or not, in the order in which they were made."""
        return [one for one in self.releases if one.status in _SEEN_BY_READERS]

    def newest(self, period: str) -> Release | None:
        """The newest release of a month that readers have seen, withdrawn or not."""
        of_month = [one for one in self.seen() if one.period == period]
        return max(of_month, key=lambda one: one.release_no, default=None)

    def valid(self) -> Iterator[Release]:
        """Releases that are published and not withdrawn: latest period first, newest first within it."""
        published = [one for one in self.releases if one.status == "published"]
        yield from sorted(published, key=lambda one: (one.period, one.release_no), reverse=True)

    def latest_period(self) -> str | None:
        """The latest month that has a valid release."""
        latest = next(self.valid(), None)
        return latest.period if latest else None

    def next_no(self, period: str) -> int:
        """A number that no release of that month ever had, be it abandoned."""
        return 1 + max((one.release_no for one in self.releases if one.period == period), default=0)

    def is_standing(self, period: str, fingerprint: str) -> bool:
        """Whether the month's newest release is that of the fingerprint, by itself or by a confirmation.

        The latest month shows all others; its release stands only while no month that it leaves out has been
        released since.
        """
        newest = self.newest(period)
        if newest is None or (period == self.latest_period() and self._is_outrun(newest)):
            return False
        return (
            newest.fingerprint == fingerprint
            or Confirmation(period, fingerprint, newest.release_id) in self._confirmations
        )

    def looked_at(self, release: Release) -> datetime:
        """When the rows of a release's month were last found to be as released: when it was made, or confirmed."""
        return max(release.prepared_at, self._confirmed_at.get(release.release_id, release.prepared_at))

    def _is_outrun(self, release: Release) -> bool:
        return any(
            other.status == "published"
            and other.period in release.blocked_periods
            and other.release_seq > release.release_seq
            for other in self.releases
        )
