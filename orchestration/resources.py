"""The one resource: the open build, which holds the lock, the state, the plan and the judge for the whole run.

`stm run` opens a build itself and hands it over; a run started from Dagster's pages gets one from here, for the months
of its partition range. Either way the process that executes the job holds the build. Settings, paths and connections
are parts of the build, not resources of their own.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager

from dagster import InitResourceContext, ResourceDefinition, resource

from orchestration.build import Build, Request, open_build
from orchestration.settings import Settings

# Dagster's own tags, by which it knows the months of a run.
RANGE_START_TAG = "dagster/asset_partition_range_start"
RANGE_END_TAG = "dagster/asset_partition_range_end"
PARTITION_TAG = "dagster/partition"


def range_tags(first: str, last: str) -> dict[str, str]:
    """The run tags that make one run of the months `first` to `last`."""
    return {RANGE_START_TAG: first, RANGE_END_TAG: last}


def request_of(tags: Mapping[str, str]) -> Request:
    """What a run with these tags asks for; a run without a month asks for every month that is ready."""
    month = tags.get(PARTITION_TAG)
    return Request(
        first=tags.get(RANGE_START_TAG, month),
        last=tags.get(RANGE_END_TAG, month),
    )


def build_resource(settings: Settings) -> ResourceDefinition:
    """The resource `build` for runs that Dagster starts by itself."""

    @resource(description="构建：锁、状态、计划、检验 (the open build: lock, state, plan, judge)")
    def build(context: InitResourceContext) -> Iterator[Build]:
        if context.run is None:
            raise RuntimeError("a build belongs to a run")
        opened: AbstractContextManager[Build] = open_build(
            settings, request_of(context.run.tags), run_id=context.run.run_id
        )
        with opened as build:
            build.start_judge()
            yield build

    return build
