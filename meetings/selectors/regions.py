"""The large regions of the M49 standard, for figures."""

from directory.models import Region

_WORLD = "001"


def large_regions() -> dict[int, Region]:
    """For every region, by its key, the one below the world that it lies in. One query."""
    regions = {region.pk: region for region in Region.objects.all()}

    def below_the_world(region: Region) -> Region:
        while region.parent_id and regions[region.parent_id].code != _WORLD:
            region = regions[region.parent_id]
        return region

    return {key: below_the_world(region) for key, region in regions.items()}
