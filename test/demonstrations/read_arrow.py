"""Reads a stored data set with pandas, polars and pyarrow and prints as JSON what each of them sees."""

import json
import sys

import pandas
import polars
import pyarrow.feather
import pyarrow.ipc

file = sys.argv[1]
names = ["data_bytes", "cycles_per_byte", "subcarriers", "cores", "gains", "wired_delay_s", "features", "decisions", "cost"]


def rows(column):
    """The first and the last row, as lists of plain numbers."""
    return [[float(x) for x in (value if hasattr(value, "__len__") else [value])] for value in (column[0], column[-1])]


def told(names_seen, count, column_of):
    return {"names": names_seen, "count": count, "rows": {name: rows(column_of(name)) for name in names}}


with pyarrow.ipc.open_file(file) as reader:
    table = reader.read_all()
metadata = {key.decode(): value.decode() for key, value in table.schema.metadata.items()}
by_pandas = pandas.read_feather(file)
by_polars = polars.read_ipc(file)

print(
    json.dumps(
        {
            "metadata": metadata,
            "types": {field.name: str(field.type) for field in table.schema},
            "nulls": sum(column.null_count for column in table.columns),
            "pyarrow": told(table.column_names, table.num_rows, lambda name: table[name].to_pylist()),
            "pandas": told(list(by_pandas.columns), len(by_pandas), lambda name: by_pandas[name].tolist()),
            "polars": told(by_polars.columns, by_polars.height, lambda name: by_polars[name].to_list()),
        }
    )
)
