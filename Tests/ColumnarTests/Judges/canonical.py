"""Values of pyarrow as one text each, the same that the tests in Swift make of them."""

import json
import struct

import pyarrow as pa


def text(batches) -> str:
    lines = []
    for batch in batches:
        lines.append(f"batch {batch.num_rows}")
        for field, column in zip(batch.schema, batch.columns):
            lines.append(f"column {json.dumps(field.name)}")
            lines += values(column)
    return "\n".join(lines) + "\n"


def values(array) -> list[str]:
    if len(array) == 0:
        # pyarrow looks at buffers that an empty union need not have.
        return []
    kind = array.type
    if isinstance(kind, pa.BaseExtensionType):
        array = array.storage
        kind = array.type
    if pa.types.is_null(kind):
        return ["null"] * len(array)
    if pa.types.is_union(kind):
        return of_union(array)
    if pa.types.is_run_end_encoded(kind):
        return of_runs(array)
    valid = array.is_valid().to_pylist()
    found = of_valid(array, kind)
    return [value if is_valid else "null" for value, is_valid in zip(found, valid)]


def of_valid(array, kind) -> list[str]:
    types = pa.types
    count = len(array)
    if types.is_boolean(kind):
        return ["true" if value else "false" for value in array.to_pylist()]
    if types.is_integer(kind):
        return [str(value) for value in array.to_pylist()]
    if types.is_dictionary(kind):
        dictionary = values(array.dictionary)
        return [dictionary[index] if index is not None else "" for index in array.indices.to_pylist()]
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind):
        return [json.dumps(value) for value in array.to_pylist()]
    if types.is_binary(kind) or types.is_large_binary(kind) or types.is_binary_view(kind) or types.is_fixed_size_binary(kind):
        return ["x" + value.hex() if value is not None else "" for value in array.to_pylist()]
    if types.is_struct(kind):
        members = [values(array.field(index)) for index in range(kind.num_fields)]
        return ["(" + ",".join(member[row] for member in members) + ")" for row in range(count)]
    if types.is_map(kind):
        keys, items = values(array.keys), values(array.items)
        offsets = array.offsets.to_pylist()
        return [
            "{" + ",".join(f"{keys[i]}={items[i]}" for i in range(offsets[row], offsets[row + 1])) + "}"
            for row in range(count)
        ]
    if types.is_list(kind) or types.is_large_list(kind):
        elements, offsets = values(array.values), array.offsets.to_pylist()
        return ["[" + ",".join(elements[offsets[row] : offsets[row + 1]]) + "]" for row in range(count)]
    if types.is_list_view(kind) or types.is_large_list_view(kind):
        elements = values(array.values)
        return [
            "[" + ",".join(elements[offset : offset + size]) + "]"
            for offset, size in zip(array.offsets.to_pylist(), array.sizes.to_pylist())
        ]
    if types.is_fixed_size_list(kind):
        elements, size = values(array.values), kind.list_size
        first = array.offset
        return ["[" + ",".join(elements[(first + row) * size : (first + row + 1) * size]) + "]" for row in range(count)]
    return of_fixed_width(array, kind)


def of_fixed_width(array, kind) -> list[str]:
    """From the bytes: Python's own values have no room for all of them."""
    buffer = array.buffers()[1]
    if buffer is None or len(array) == 0:
        return [""] * len(array)
    width = kind.bit_width // 8
    name = str(kind)
    data = buffer.to_pybytes()
    found = []
    for row in range(array.offset, array.offset + len(array)):
        piece = data[row * width : (row + 1) * width]
        number = int.from_bytes(piece, "little")
        if name == "halffloat":
            found.append(f"h{number:04x}")
        elif name == "float":
            found.append(f"f{number:08x}")
        elif name == "double":
            found.append(f"d{number:016x}")
        elif name == "month_day_nano_interval":
            found.append("I({},{},{})".format(*struct.unpack("<iiq", piece)))
        elif name == "day_time_interval":
            found.append("I({},{})".format(*struct.unpack("<ii", piece)))
        else:
            found.append(str(int.from_bytes(piece, "little", signed=True)))
    return found


def of_union(array) -> list[str]:
    # pyarrow's own type_codes and offsets overlook that an array may begin later.
    end = array.offset + len(array)
    buffers = array.buffers()
    codes = memoryview(buffers[1]).cast("b")[array.offset : end].tolist()
    place = {code: index for index, code in enumerate(array.type.type_codes)}
    members = [values(array.field(index)) for index in range(array.type.num_fields)]
    if array.type.mode == "dense":
        rows = memoryview(buffers[2]).cast("b").cast("i")[array.offset : end].tolist()
    else:
        rows = range(len(array))
    return [f"<{code}>" + members[place[code]][row] for code, row in zip(codes, rows)]


def of_runs(array) -> list[str]:
    found, members, start = [], values(array.values), array.offset
    for end, value in zip(array.run_ends.to_pylist(), members):
        end = min(end, array.offset + len(array))
        if end > start:
            found += [value] * (end - start)
            start = end
    return found


def difference(found: str, expected: str) -> str:
    """The first line that is otherwise; empty when none is."""
    if found == expected:
        return ""
    column = ""
    for line, wanted in zip(found.splitlines(), expected.splitlines()):
        column = wanted if wanted.startswith("column") else column
        if line != wanted:
            return f"{column}: {line[:300]} instead of {wanted[:300]}"
    return "other lengths"
