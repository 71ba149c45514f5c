"""What receivers of telemetry make of what Millrace sends: commands that print JSON, for the acceptance tests.

OpenTelemetry's own messages decode requests for spans. OpenLineage's own classes, which are generated from its schemas,
are built from events: whatever those do not have, demand or take is a problem.
"""

import base64
import importlib
import json
import pathlib
import pkgutil
import sys
import types
import typing


# --- OpenTelemetry ---------------------------------------------------------------------------------------------------


def value(any_value):
    kind = any_value.WhichOneof("value")
    if kind == "array_value":
        return [value(item) for item in any_value.array_value.values]
    return None if kind is None else getattr(any_value, kind)


def attributes(pairs):
    names = [pair.key for pair in pairs]
    assert len(names) == len(set(names)), f"an attribute stands there twice: {names}"
    return {pair.key: value(pair.value) for pair in pairs}


def with_bytes(node):
    """OTLP/JSON writes identities in hexadecimal digits, protobuf's own JSON in base64. Enumerations are numbers."""
    if isinstance(node, list):
        return [with_bytes(item) for item in node]
    if not isinstance(node, dict):
        return node
    result = {}
    for key, item in node.items():
        if key in ("traceId", "spanId", "parentSpanId"):
            item = base64.b64encode(bytes.fromhex(item)).decode()
        if key in ("kind", "code"):
            assert isinstance(item, int), f"'{key}' is {item!r}"
        if key in ("startTimeUnixNano", "endTimeUnixNano", "timeUnixNano", "intValue"):
            assert isinstance(item, str), f"'{key}' is {item!r}"
        result[key] = with_bytes(item)
    return result


def unknown(message):
    """Whether a message, or one in it, has fields of other numbers or kinds than its own."""
    from google.protobuf.unknown_fields import UnknownFieldSet

    if len(UnknownFieldSet(message)) > 0:
        return True
    for field, item in message.ListFields():
        if field.message_type is not None:
            if any(unknown(inner) for inner in (item if hasattr(item, "__len__") else [item])):
                return True
    return False


def spans(content_type, *paths):
    """The spans of some requests, each in a file."""
    from google.protobuf import json_format
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    found = []
    for path in paths:
        body = pathlib.Path(path).read_bytes()
        request = ExportTraceServiceRequest()
        if content_type == "application/json":
            json_format.ParseDict(with_bytes(json.loads(body)), request)
        else:
            assert content_type == "application/x-protobuf", content_type
            request.ParseFromString(body)
            assert not unknown(request), "there are fields that nobody knows"
        for resource in request.resource_spans:
            for scope in resource.scope_spans:
                for span in scope.spans:
                    found.append(
                        {
                            "trace": span.trace_id.hex(),
                            "id": span.span_id.hex(),
                            "parent": span.parent_span_id.hex(),
                            "state": span.trace_state,
                            "flags": span.flags,
                            "name": span.name,
                            "kind": span.kind,
                            "start": span.start_time_unix_nano // 1_000_000,
                            "end": span.end_time_unix_nano // 1_000_000,
                            "attributes": attributes(span.attributes),
                            "events": [
                                {
                                    "name": event.name,
                                    "at": event.time_unix_nano // 1_000_000,
                                    "attributes": attributes(event.attributes),
                                }
                                for event in span.events
                            ],
                            "status": span.status.code,
                            "message": span.status.message,
                            "scope": scope.scope.name,
                            "resource": attributes(resource.resource.attributes),
                        }
                    )
    return found


# --- OpenLineage -----------------------------------------------------------------------------------------------------


def known_classes():
    import attr
    import openlineage.client.generated as generated

    classes = {}
    for module in pkgutil.iter_modules(generated.__path__):
        loaded = importlib.import_module(f"{generated.__name__}.{module.name}")
        for item in vars(loaded).values():
            if isinstance(item, type) and attr.has(item) and hasattr(item, "_get_schema"):
                classes[item._get_schema()] = item
    return classes


class Judge:
    def __init__(self):
        from openlineage.client.generated import base

        self.base = base
        self.classes = known_classes()
        self.problems = []

    def problem(self, where, what):
        self.problems.append(f"{where}: {what}")

    def build(self, kind, node, where):
        """An instance of a class, or a value of a type, from what the JSON has."""
        import attr

        origin = typing.get_origin(kind)
        if kind is typing.Any or kind is None:
            return node
        if origin in (typing.Union, types.UnionType):
            choices = [choice for choice in typing.get_args(kind) if choice is not type(None)]
            return self.build(choices[0], node, where) if node is not None else None
        if origin is list:
            if not isinstance(node, list):
                return self.problem(where, f"no list: {node!r}")
            return [self.build(typing.get_args(kind)[0], item, f"{where}[{i}]") for i, item in enumerate(node)]
        if origin is dict:
            if not isinstance(node, dict):
                return self.problem(where, f"no object: {node!r}")
            return {key: self.build(typing.get_args(kind)[1], item, f"{where}.{key}") for key, item in node.items()}
        if isinstance(kind, type) and issubclass(kind, self.base.BaseFacet) and isinstance(node, dict):
            return self.facet(kind, node, where)
        if isinstance(kind, type) and attr.has(kind):
            return self.object(kind, node, where)
        if kind in (str, int, bool, float):
            if not isinstance(node, kind) or isinstance(node, bool) and kind is not bool:
                self.problem(where, f"no {kind.__name__}: {node!r}")
            return node
        try:
            return kind(node)
        except (TypeError, ValueError) as error:
            self.problem(where, f"{error}")

    def facet(self, kind, node, where):
        """By the schema that it names, which must be one of those, and of the kind that may stand here."""
        found = self.classes.get(node.get("_schemaURL"))
        if found is None:
            return self.problem(where, f"no schema {node.get('_schemaURL')!r} is known")
        return self.object(found, node, where)

    def object(self, kind, node, where):
        import attr

        if not isinstance(node, dict):
            return self.problem(where, f"no object: {node!r}")
        attr.resolve_types(kind)
        fields = {field.name: field for field in attr.fields(kind)}
        for name in node:
            if name not in fields:
                self.problem(where, f"'{name}' is no field of {kind.__name__}")
        values = {}
        for name, field in fields.items():
            if name in node:
                built = self.build(field.type, node[name], f"{where}.{name}")
                if field.init:
                    values[field.alias] = built
            elif field.default is attr.NOTHING:
                self.problem(where, f"{kind.__name__} needs '{name}'")
        try:
            made = kind(**values)
        except (TypeError, ValueError) as error:
            return self.problem(where, f"{kind.__name__}: {error}")
        for name in ("_schemaURL", "schemaURL"):
            if name in node and node[name] != made._get_schema():
                self.problem(where, f"its schema is {made._get_schema()}, not {node[name]}")
        return made


def lineage(path):
    """What is wrong with the events of a file, one a line."""
    judge = Judge()
    lines = pathlib.Path(path).read_text().splitlines()
    for number, line in enumerate(lines):
        judge.object(judge.base.RunEvent, json.loads(line), f"event {number}")
    return {"events": len(lines), "problems": judge.problems}


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    json.dump({"spans": spans, "lineage": lineage}[command](*arguments), sys.stdout)
