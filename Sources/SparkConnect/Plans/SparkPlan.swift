import SparkConnectProtocol

/// What a server is asked to run: rows to be sent back, or something to be done.
package struct SparkPlan: Sendable, Hashable {
    let message: ConnectPlan

    private init(_ make: (inout ConnectPlan) -> Void) {
        var message = ConnectPlan()
        make(&message)
        self.message = message
    }

    /// The rows of a relation.
    package static func rows(_ relation: SparkRelation) -> SparkPlan { SparkPlan { $0.root = relation.message } }

    /// Any statement. One that changes something is carried out, and its few rows come as a relation; a SELECT is not
    /// run, and its relation is what was given.
    package static func statement(
        _ query: String, named: [String: SparkLiteral] = [:], positional: [SparkLiteral] = []
    ) -> SparkPlan {
        SparkPlan {
            $0.command.sqlCommand.input =
                SparkRelation.sql(query, named: named, positional: positional).message
        }
    }

    /// A view of this session, or of all sessions of the server, which takes the place of one with the same name.
    package static func makeView(_ name: String, of relation: SparkRelation, isGlobal: Bool = false) -> SparkPlan {
        SparkPlan {
            $0.command.createDataframeView.input = relation.message
            $0.command.createDataframeView.name = name
            $0.command.createDataframeView.isGlobal = isGlobal
            $0.command.createDataframeView.replace = true
        }
    }

    /// Files in a folder, written by the executors.
    package static func write(
        _ relation: SparkRelation, to path: String, format: String = "parquet", mode: WriteMode = .refuse,
        partitionedBy columns: [String] = [], options: [String: String] = [:]
    ) -> SparkPlan {
        SparkPlan {
            $0.command.writeOperation.input = relation.message
            $0.command.writeOperation.source = format
            $0.command.writeOperation.path = path
            $0.command.writeOperation.mode = mode.message
            $0.command.writeOperation.partitioningColumns = columns
            $0.command.writeOperation.options = options
        }
    }

    /// What becomes of files that are in the folder already.
    package enum WriteMode: Sendable, Hashable {
        case append
        case overwrite
        /// The write fails.
        case refuse

        var message: ConnectWriteOperation.SaveMode {
            switch self {
            case .append: .append
            case .overwrite: .overwrite
            case .refuse: .errorIfExists
            }
        }
    }
}
