"""What may be a name."""

import pytest

from vedette_server.domain.errors import InvalidInput
from vedette_server.domain.names import MAX_NAME_LENGTH, check_name, check_new_name


@pytest.mark.parametrize(
    "name",
    [
        "a",
        "camera-1",
        "a b.png",
        "Größe",
        "カメラ",
        "🌙",
        "a" * MAX_NAME_LENGTH,
        "...",
        "'; DROP TABLE data; --",
        "%2e",
    ],
)
def test_a_name_is_returned_as_it_is(name: str) -> None:
    assert check_name("tag", name) == name


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("", "white space"),
        (" ", "white space"),
        (" a", "white space"),
        ("a\n", "white space"),
        ("\u00a0a", "white space"),
        ("a" * (MAX_NAME_LENGTH + 1), "at most 255 characters"),
        ("a/b", "path separators"),
        ("..\\b", "path separators"),
        (".", "path separators"),
        ("..", "path separators"),
        ("a\x00b", "control characters"),
        ("a\nb", "control characters"),
        ("a\x7fb", "control characters"),
        ("a\u0085b", "control characters"),
        ("a\u2028b", "control characters"),
        ("a\u2029b", "control characters"),
        ("a\ud800b", "control characters"),
        ("a\u202eb", "text-direction marks"),
        ("\u2066a", "text-direction marks"),
        ("a\u200f", "text-direction marks"),
    ],
)
def test_what_is_no_name_is_refused_with_the_reason(name: str, wanted: str) -> None:
    with pytest.raises(InvalidInput, match=wanted) as refused:
        check_name("tags[3]", name)
    assert refused.value.field == "tags[3]"
    assert refused.value.reason == "invalid_name"
    assert refused.value.got.isprintable()


@pytest.mark.parametrize(
    "name",
    [
        "01a20dec-7373-7c88-a25f-ce89e126a116",
        "01A20DEC-7373-7C88-A25F-CE89E126A116",
        "01a20dec73737c88a25fce89e126a116",
        "{01a20dec-7373-7c88-a25f-ce89e126a116}",
    ],
)
def test_a_new_name_must_not_look_like_an_id(name: str) -> None:
    assert check_name("name", name) == name
    with pytest.raises(InvalidInput, match="not a UUID"):
        check_new_name("name", name)


def test_a_new_name_is_a_name() -> None:
    assert check_new_name("name", "coin-inspection") == "coin-inspection"
    with pytest.raises(InvalidInput, match="path separators"):
        check_new_name("name", "a/b")
