extension FieldRegistry {
    package static let scheduleTest = Section(
        "a test of a schedule",
        "An item of the list in a file `tests/*.yaml`: what a trigger does between two moments. `millrace test` plays "
            + "them through without running anything. Times are `2026-10-25`, `2026-10-25T02:00` or, with the offset "
            + "from UTC, `2026-10-25T02:00+01:00`; without one they are by the trigger's own time zone.",
        fields: [
            Field(
                "test", .text, required: true, "What it shows.", example: "nightly fires once when clocks go back"),
            Field("trigger", .text, required: true, "The trigger that is looked at.", example: "nightly"),
            Field("from", .text, required: true, "The first moment.", example: "2026-10-24T00:00+02:00"),
            Field(
                "to", .text, required: true, "The last moment; what is due then no longer counts.",
                example: "2026-10-26T00:00+01:00"),
            Field(
                "fires", .list(.text),
                "The times at which it fires: all of them, in order. A firing that `overlap` drops is none, one that "
                    + "is caught up has the time that it was due.",
                example: "[\"2026-10-24T02:00+02:00\", \"2026-10-25T02:00+02:00\"]"),
            Field("count", .integer(min: 0), "In place of `fires` how many times it fires.", example: "2"),
            Field(
                "outages", .oneOrMore(.text), "When the server is down: `FROM..TO`.",
                example: "[\"2026-10-25T00:00Z..2026-10-25T06:00Z\"]"),
            Field(
                "run_takes", .duration(min: 0, inSeconds: false), "How long each run takes; no time if left out.",
                example: "10m"),
        ], needsOneOf: ["fires", "count"])
}
