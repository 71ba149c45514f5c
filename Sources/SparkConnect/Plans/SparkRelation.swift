import Foundation
import SparkConnectProtocol

/// Rows, as a plan that Spark has not run yet.
package struct SparkRelation: Sendable, Hashable {
    let message: ConnectRelation

    init(_ message: ConnectRelation) { self.message = message }

    private init(_ make: (inout ConnectRelation) -> Void) {
        var message = ConnectRelation()
        make(&message)
        self.init(message)
    }

    /// What a SELECT, or another statement that has rows, gives. In the text `:name` stands for a named argument and
    /// `?` for the next of those without a name; a statement has one kind or the other.
    package static func sql(
        _ query: String, named: [String: SparkLiteral] = [:], positional: [SparkLiteral] = []
    ) -> SparkRelation {
        SparkRelation {
            $0.sql.query = query
            $0.sql.namedArguments = named.mapValues(\.expression)
            $0.sql.posArguments = positional.map(\.expression)
        }
    }

    /// A table or a view by its name, which may have several parts and backticks.
    package static func table(_ name: String, options: [String: String] = [:]) -> SparkRelation {
        SparkRelation {
            $0.read.namedTable.unparsedIdentifier = name
            $0.read.namedTable.options = options
        }
    }

    /// Files of one format, such as `parquet`.
    ///
    /// - Parameter schema: as DDL; nil to have Spark look for itself.
    package static func files(
        _ paths: [String], format: String, schema: String? = nil, options: [String: String] = [:]
    ) -> SparkRelation {
        SparkRelation {
            $0.read.dataSource.format = format
            if let schema { $0.read.dataSource.schema = schema }
            $0.read.dataSource.options = options
            $0.read.dataSource.paths = paths
        }
    }

    /// Rows that travel with the plan: at most some tens of megabytes.
    ///
    /// - Parameters:
    ///   - stream: an Arrow IPC stream; nil for no rows, and then a schema is needed.
    ///   - schema: as DDL, when Spark's types shall differ from those of the stream.
    package static func rows(arrow stream: [UInt8]?, schema: String? = nil) -> SparkRelation {
        SparkRelation {
            $0.localRelation = ConnectLocalRelation()
            if let stream { $0.localRelation.data = Data(stream) }
            if let schema { $0.localRelation.schema = schema }
        }
    }

    /// Whole numbers from `start` up to but without `end`, in the column `id`.
    package static func range(_ start: Int64 = 0, _ end: Int64, step: Int64 = 1, partitions: Int? = nil)
        -> SparkRelation
    {
        SparkRelation {
            $0.range.start = start
            $0.range.end = end
            $0.range.step = step
            if let partitions { $0.range.numPartitions = Int32(clamping: partitions) }
        }
    }

    /// The first rows, in no particular order unless this relation has one.
    package func limit(_ count: Int) -> SparkRelation {
        SparkRelation {
            $0.limit.input = message
            $0.limit.limit = Int32(clamping: count)
        }
    }

    /// Those rows for which an expression of Spark's SQL is true.
    package func filter(_ condition: String) -> SparkRelation {
        SparkRelation {
            $0.filter.input = message
            $0.filter.condition = Self.expression(condition)
        }
    }

    /// Expressions of Spark's SQL over the rows, such as `a + 1 AS b`.
    package func select(_ expressions: [String]) -> SparkRelation {
        SparkRelation {
            $0.project.input = message
            $0.project.expressions = expressions.map(Self.expression)
        }
    }

    package func repartition(_ count: Int, shuffles: Bool = true) -> SparkRelation {
        SparkRelation {
            $0.repartition.input = message
            $0.repartition.numPartitions = Int32(clamping: count)
            $0.repartition.shuffle = shuffles
        }
    }

    /// The same rows; beside them Spark adds up the named expressions over all that pass, and reports them when they
    /// have passed.
    package func observing(_ name: String, _ aggregates: [String]) -> SparkRelation {
        SparkRelation {
            $0.collectMetrics.input = message
            $0.collectMetrics.name = name
            $0.collectMetrics.metrics = aggregates.map(Self.expression)
        }
    }

    private static func expression(_ text: String) -> ConnectExpression {
        var expression = ConnectExpression()
        expression.expressionString.expression = text
        return expression
    }
}
