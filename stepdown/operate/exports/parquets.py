"""Parquet, written group of rows by group of rows. Needs the extra ``parquet``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow
import pyarrow.parquet

from stepdown.records.reading.exporting import Column, Row

if TYPE_CHECKING:
    from stepdown.operate.exports.files import Digesting

MOST_DIGITS, MOST_PLACES = 18, 6

TYPES: dict[str, Any] = {
    "id": pyarrow.string(),
    "code": pyarrow.dictionary(pyarrow.int32(), pyarrow.string()),
    "integer": pyarrow.int32(),
    "decimal": pyarrow.decimal128(MOST_DIGITS, MOST_PLACES),
    "boolean": pyarrow.bool_(),
    "utc": pyarrow.timestamp("us", tz="UTC"),
    "local": pyarrow.string(),
    "json": pyarrow.string(),
}
"""Kind of a column -> its type. A local time stays text: it carries the offset of its day."""


class Parquet:
    """Takes rows and writes each batch as one group."""

    def __init__(self, stream: Digesting, columns: tuple[Column, ...]) -> None:
        self.kinds = [each.kind for each in columns]
        self.schema = pyarrow.schema(
            [pyarrow.field(each.name, TYPES[each.kind], metadata=_about(each)) for each in columns]
        )
        self.file = pyarrow.PythonFile(stream, mode="w")
        self.writer = pyarrow.parquet.ParquetWriter(self.file, self.schema, compression="zstd")

    def write(self, rows: list[Row]) -> None:
        """One group of rows."""
        arrays = [
            _array(kind, list(cells))
            for kind, cells in zip(self.kinds, zip(*rows, strict=True), strict=True)
        ]
        self.writer.write_table(pyarrow.Table.from_arrays(arrays, schema=self.schema))

    def close(self) -> None:
        """Write what tells a reader where the groups lie."""
        self.writer.close()


def _about(column: Column) -> dict[str, str]:
    told = {"meaning": column.words, "unit": column.unit, "codes": column.codes}
    return {name: words for name, words in told.items() if words}


def _array(kind: str, cells: list[Any]) -> Any:
    if kind in ("decimal", "utc"):
        plain = pyarrow.array(
            [None if cell is None else str(cell).removesuffix("Z") for cell in cells],
            pyarrow.string(),
        )
        if kind == "decimal":
            return plain.cast(TYPES[kind])
        return plain.cast(pyarrow.timestamp("us")).cast(pyarrow.timestamp("us", tz="UTC"))
    if kind == "code":
        return pyarrow.array(cells, pyarrow.string()).dictionary_encode()
    return pyarrow.array(cells, TYPES[kind])
