"""Reads what the tests wrote, says what is otherwise than they say, and writes it again in all ways of pyarrow.

exchange.py FOLDER: for each NAME.arrow (a file) or NAME.arrows (a stream) there is NAME.txt with the values.
"""

import pathlib
import sys

sys.dont_write_bytecode = True
import canonical
import pyarrow as pa
import pyarrow.ipc as ipc


def variants():
    yield "stream", False, ipc.IpcWriteOptions()
    yield "file", True, ipc.IpcWriteOptions()
    yield "lz4", False, ipc.IpcWriteOptions(compression="lz4")
    yield "zstd", True, ipc.IpcWriteOptions(compression="zstd")
    yield "deltas", False, ipc.IpcWriteOptions(emit_dictionary_deltas=True)
    yield "v4", False, ipc.IpcWriteOptions(metadata_version=ipc.MetadataVersion.V4)
    yield "legacy", False, ipc.IpcWriteOptions(metadata_version=ipc.MetadataVersion.V4, use_legacy_format=True)
    yield "unified", True, ipc.IpcWriteOptions(unify_dictionaries=True)


def has_union(kind) -> bool:
    if pa.types.is_dictionary(kind):
        return has_union(kind.value_type)
    if pa.types.is_run_end_encoded(kind):
        return has_union(kind.value_type)
    return pa.types.is_union(kind) or any(has_union(kind.field(index).type) for index in range(kind.num_fields))


def main(folder: pathlib.Path) -> None:
    for expected in sorted(folder.glob("*.txt")):
        name = expected.stem
        stream, file = folder / f"{name}.arrows", folder / f"{name}.arrow"
        try:
            if stream.exists():
                reader = ipc.open_stream(stream.read_bytes())
                batches = list(reader)
            else:
                reader = ipc.open_file(file.read_bytes())
                batches = [reader.get_batch(index) for index in range(reader.num_record_batches)]
            for batch in batches:
                batch.validate(full=True)
            found = canonical.text(batches)
        except Exception as error:
            print(f"{name}: {type(error).__name__}: {error}")
            continue
        if difference := canonical.difference(found, expected.read_text()):
            print(f"{name}: {difference}\n{reader.schema}")
            continue
        for variant, is_file, options in variants():
            if options.compression and any(has_union(field.type) for field in reader.schema):
                # pyarrow 26 crashes when it compresses a union without rows, its own too.
                continue
            target = folder / f"{name}.{variant}"
            try:
                new = ipc.new_file if is_file else ipc.new_stream
                with new(str(target), reader.schema, options=options) as writer:
                    for batch in batches:
                        writer.write_batch(batch)
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError) as error:
                # What pyarrow cannot write it need not.
                target.unlink(missing_ok=True)
                (folder / f"{name}.{variant}.refused").write_text(str(error))


main(pathlib.Path(sys.argv[1]))
