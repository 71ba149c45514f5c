import Millrace
import Project
import Recording
import Running
import Store

/// What `parity --json` tells a program.
enum ParityJSON {
    static func json(_ trial: ParityTrial, _ results: [StepParity]) -> JSON {
        .object([
            ("engines", .strings([trial.first, trial.second])),
            ("tolerance", .double(trial.options.tolerance.relative)),
            (
                "sample",
                .optional(trial.options.sample) { .object([("rows", .int($0.rows)), ("seed", .int($0.seed))]) }
            ),
            ("equal", .bool(results.allSatisfy { $0.outcome == .equal })), ("datasets", .array(results.map(json))),
            (
                "left_out",
                .array(
                    trial.leftOut.map {
                        .object([("dataset", .string($0.dataset.text)), ("reason", .string($0.reason))])
                    })
            ),
        ])
    }

    private static func json(_ parity: StepParity) -> JSON {
        .object([
            ("dataset", .string(parity.dataset.text)), ("outcome", .string(parity.outcome.rawValue)),
            ("first", json(parity.first)), ("second", json(parity.second)),
            ("problems", .array(parity.problems.map(\.json))),
            (
                "differences",
                .array(
                    parity.differences.map {
                        .object([
                            ("what", .string($0.what)), ("first", .string($0.first)), ("second", .string($0.second)),
                        ])
                    })
            ), ("rows", .optional(parity.rows, json)), ("quarantine", .optional(parity.quarantine, json)),
        ])
    }

    private static func json(_ side: StepParity.Side) -> JSON {
        .object([
            ("engine", .string(side.engine)), ("account", .optional(side.rows, \.json)),
            ("seconds", .double(side.seconds)), ("problems", .array(side.problems.map(\.json))),
        ])
    }

    private static func json(_ parity: TableParity) -> JSON {
        let difference = parity.difference
        return .object([
            ("equal", .int(difference.unchanged)), ("rounded", .int(parity.rounded)),
            ("deviation", .optional(parity.deviation)), ("only_first", .int(difference.removed)),
            ("only_second", .int(difference.added)), ("different", .int(difference.changed)),
            ("key", .strings(parity.key)),
            (
                "columns",
                .array(
                    difference.columns.map {
                        .object([
                            ("name", .string($0.name)), ("first", .optional($0.before)),
                            ("second", .optional($0.after)),
                        ])
                    })
            ), ("different_by_column", .object(difference.changesByColumn.map { ($0.column, .int($0.rows)) })),
            (
                "examples",
                .object([
                    ("only_first", .array(difference.removedExamples.map(json))),
                    ("only_second", .array(difference.addedExamples.map(json))),
                    (
                        "different",
                        .array(
                            difference.changedExamples.map { row in
                                .object([("key", json(row.key)), ("fields", .object(row.fields.map(json)))])
                            })
                    ),
                ])
            ),
        ])
    }

    private static func json(_ row: [ExampleField]) -> JSON { .object(row.map { ($0.column, .optional($0.value)) }) }

    private static func json(_ field: TableDiff.ChangedField) -> (String, JSON) {
        (field.column, .object([("first", .optional(field.before)), ("second", .optional(field.after))]))
    }
}
