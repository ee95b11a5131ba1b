"""One external asset a feed: what the offices put into `landing/`. Nothing here is executed.

That a delivery was seen is reported by `raw.py`, as an observation of these. What a delivery is stands in
`sources/landing.py`.
"""

from collections.abc import Mapping

from dagster import AssetKey, AssetSpec, PartitionsDefinition

from sources.contract import Contract

GROUP = "landing"


def key(feed: str) -> AssetKey:
    """The asset of a feed's deliveries."""
    return AssetKey(["landing", feed])


def assets(contracts: Mapping[str, Contract], months: PartitionsDefinition) -> list[AssetSpec]:
    """External assets, one a contract, in the order of the contracts."""
    return [
        AssetSpec(
            key(feed),
            partitions_def=months,
            group_name=GROUP,
            kinds={"file"},
            owners=[owner(contract)],
            description=f"{contract.label_zh}\n\nWhat {contract.sender} delivers.",
        )
        for feed, contract in contracts.items()
    ]


def owner(contract: Contract) -> str:
    """The sender of a feed, as a team."""
    return f"team:{contract.sender}"
