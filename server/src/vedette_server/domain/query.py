"""The query language of the datalake, as far as tags and sources: `tags.name in ("a", "b") and source = "cam"`.

Comparisons joined by `and`. A mistake is answered with its column.
"""

from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput, VisitError

from vedette_server.domain.datalake import DataFilter
from vedette_server.domain.errors import InvalidInput

MAX_QUERY_LENGTH = 10_000

_GRAMMAR = r"""
    query: comparison ("and"i comparison)*
    comparison: PATH "=" STRING             -> equals
              | PATH "in"i "(" STRING ("," STRING)* ")" -> among
    PATH: /[a-z_]+(\.[a-z_]+)*/
    STRING: /"[^"]*"/ | /'[^']*'/
    %ignore /\s+/
"""

_TAGS = {"tags", "tags.name"}
_SOURCES = {"source", "source.name", "data_source", "data_source.name"}
_FILENAMES = {"filename"}
_KNOWN = ", ".join(sorted(_TAGS | _SOURCES | _FILENAMES))


class _Conditions(Transformer[Token, list[tuple[Token, tuple[str, ...]]]]):
    def equals(self, children: list[Token]) -> tuple[Token, tuple[str, ...]]:
        return children[0], (str(children[1])[1:-1],)

    def among(self, children: list[Token]) -> tuple[Token, tuple[str, ...]]:
        return children[0], tuple(str(child)[1:-1] for child in children[1:])

    def query(self, children: list[Any]) -> list[Any]:
        return children


_parser = Lark(_GRAMMAR, start="query", parser="lalr")


def parse_query(field: str, text: str) -> DataFilter:
    """The filter that `text` says; `InvalidInput` with the column of the first mistake."""
    if len(text) > MAX_QUERY_LENGTH:
        raise InvalidInput(field, f"{len(text)} characters", f"at most {MAX_QUERY_LENGTH}", reason="invalid_query")
    try:
        conditions = _Conditions().transform(_parser.parse(text))
    except (UnexpectedInput, VisitError) as error:
        column = getattr(error, "column", 1)
        raise InvalidInput(
            field,
            text,
            f'comparisons like tags.name = "a" joined by and; column {column} is none',
            reason="invalid_query",
        ) from error
    tags: list[tuple[str, ...]] = []
    sources: list[tuple[str, ...]] = []
    filenames: set[str] | None = None
    for path, values in conditions:
        if path in _TAGS:
            tags.append(values)
        elif path in _SOURCES:
            sources.append(values)
        elif path in _FILENAMES:
            filenames = set(values) if filenames is None else filenames & set(values)
        else:
            raise InvalidInput(field, str(path), f"one of {_KNOWN} at column {path.column}", reason="invalid_query")
    return DataFilter(
        tags=tuple(tags),
        sources=tuple(sources),
        filenames=None if filenames is None else tuple(sorted(filenames)),
    )
