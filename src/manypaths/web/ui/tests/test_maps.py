"""Maps without tiles: shapes, pins and names."""

import math

from manypaths.web.ui import maps
from manypaths.web.ui.maps import Pin


def pin(number: int, longitude: float, latitude: float) -> Pin:
    return Pin(number, f"Place {number}", longitude, latitude, f"#r{number}")


def test_a_state_has_its_counties_by_name():
    names = {county.name for county in maps.counties("50")}
    assert {"Washington", "Chittenden", "Essex"} <= names
    assert len(names) == 14


def test_pins_that_hide_each_other_are_pushed_apart():
    same = [pin(n, -72.58, 44.26) for n in range(1, 6)]
    drawn = maps.pinned([*same, pin(6, -72.1, 44.5)])
    assert drawn is not None
    spots = [(p.x, p.y) for p in drawn.pins]
    gaps = [math.dist(a, b) for i, a in enumerate(spots) for b in spots[i + 1 :]]
    assert min(gaps) >= 24
    assert all(0 < x < drawn.size and 0 < y < drawn.size for x, y in spots)


def test_a_name_never_stands_on_a_pin():
    drawn = maps.pinned([pin(1, -72.58, 44.26), pin(2, -73.15, 44.47), pin(3, -72.5, 44.2)])
    assert drawn is not None
    assert drawn.labels
    for label in drawn.labels:
        assert all(abs(p.x - label.x) > 16 or abs(p.y - label.y) > 16 for p in drawn.pins)


def test_a_close_look_still_says_which_county_it_is():
    near = [pin(n, -72.56 + n / 100, 44.25 + n / 200) for n in range(4)]
    drawn = maps.pinned(near)
    assert drawn is not None
    assert "Washington" in {label.name for label in drawn.labels}


def test_a_place_lies_in_one_county():
    here = [county.name for county in maps.counties("50") if maps.contains(county, (-72.5754, 44.2601))]
    assert here == ["Washington"]


def test_a_map_over_state_lines_draws_both_sides():
    drawn = maps.pinned([pin(1, -72.32, 43.65), pin(2, -72.28, 43.70)])
    assert drawn is not None
    assert {"Windsor", "Grafton"} <= {shape.name for shape in maps.in_view((-72.9, 43.3, -71.7, 44.0))}
    assert len(drawn.outline) > 100


def test_a_map_of_the_whole_country_draws_states_and_stays_small():
    drawn = maps.pinned([pin(1, -72.58, 44.26), pin(2, -120.1, 37.4)])
    assert drawn is not None
    assert len(drawn.outline) < 20_000


def test_north_is_up_and_a_square_on_the_ground_is_a_square_on_the_page():
    drawn = maps.pinned(
        [pin(1, -72.6, 44.0), pin(2, -72.6, 45.0), pin(3, -72.6 + 1 / math.cos(math.radians(44.5)), 44.0)]
    )
    assert drawn is not None
    south, north, east = drawn.pins
    assert north.y < south.y
    assert abs((south.y - north.y) - (east.x - south.x)) < 3


def test_shaded_counties_keep_their_level_and_no_number_has_a_comma():
    codes = [county.code for county in maps.counties("50")]
    drawn = maps.shaded(codes, {codes[0]: 3})
    assert drawn is not None
    assert [area.level for area in drawn.areas if area.code == codes[0]] == [3]
    assert all(area.path.startswith("M") and area.path.endswith("Z") for area in drawn.areas)
    assert maps.shaded([], {}) is None
    assert maps.pinned([]) is None
