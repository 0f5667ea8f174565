"""The query language of the datalake."""

import pytest

from vedette_server.domain.datalake import DataFilter
from vedette_server.domain.errors import InvalidInput
from vedette_server.domain.query import MAX_QUERY_LENGTH, parse_query


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('tags = "a"', DataFilter(tags=(("a",),))),
        ("tags.name = 'a'", DataFilter(tags=(("a",),))),
        ('tags.name in ("a", "b")', DataFilter(tags=(("a", "b"),))),
        ('tags in ("a")', DataFilter(tags=(("a",),))),
        ('tags = "a" and tags = "b"', DataFilter(tags=(("a",), ("b",)))),
        ('source = "cam"', DataFilter(sources=(("cam",),))),
        ('source.name = "cam"', DataFilter(sources=(("cam",),))),
        ('data_source IN ("cam")', DataFilter(sources=(("cam",),))),
        ('data_source.name = "cam" AND tags = "a"', DataFilter(sources=(("cam",),), tags=(("a",),))),
        ('filename = "a.png"', DataFilter(filenames=("a.png",))),
        ('filename in ("b", "a") and filename in ("c", "b")', DataFilter(filenames=("b",))),
        ('filename = "b" and filename = "c"', DataFilter(filenames=())),
        ('\n tags="a"\tand\nsource="b" ', DataFilter(tags=(("a",),), sources=(("b",),))),
        ('tags = "it\'s"', DataFilter(tags=(("it's",),))),
        ("tags = '\"Ü 🌙 and (x)'", DataFilter(tags=(('"Ü 🌙 and (x)',),))),
        ('tags = ""', DataFilter(tags=(("",),))),
        ('tags = "in"', DataFilter(tags=(("in",),))),
    ],
)
def test_a_query_says_a_filter(text: str, expected: DataFilter) -> None:
    assert parse_query("q", text) == expected


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("", 1),
        ("tags", 1),
        ("tags = a", 8),
        ('tags = "a', 8),
        ('tags == "a"', 7),
        ('tags = "a" or tags = "b"', 12),
        ('tags = "a" and', 12),
        ("tags in ()", 10),
        ('tags in ("a",)', 14),
        ('tags in ("a" "b")', 14),
        ('not tags = "a"', 5),
        ("1 = 1", 1),
        ('Tags = "a"', 1),
    ],
)
def test_a_mistake_is_answered_with_its_column(text: str, column: int) -> None:
    with pytest.raises(InvalidInput, match=rf"column {column} is none") as refused:
        parse_query("q", text)
    assert (refused.value.field, refused.value.reason) == ("q", "invalid_query")


def test_an_unknown_path_is_answered_with_its_column_and_those_that_are_known() -> None:
    with pytest.raises(InvalidInput, match=r"data_source, .*tags\.name at column 16") as refused:
        parse_query("q", 'tags = "a" and width = "600"')
    assert refused.value.got == "width"


def test_a_query_has_a_greatest_length() -> None:
    longest = 'tags = "' + "x" * (MAX_QUERY_LENGTH - 9) + '"'
    assert parse_query("q", longest).tags
    with pytest.raises(InvalidInput, match="at most 10000"):
        parse_query("q", longest + " ")
