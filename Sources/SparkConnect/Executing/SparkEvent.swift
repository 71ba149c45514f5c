/// What an execution reports, in the order in which it comes.
package enum SparkEvent: Sendable, Hashable {
    /// The columns of the batches.
    case schema([SparkField])
    case batch(ArrowBytes)
    /// What a statement gives; running it gives the rows.
    case relation(SparkRelation)
    case progress(SparkProgress)
    /// Figures that `SparkRelation.observing` asked for.
    case observed(SparkObservation)
}

/// How far the stages of an execution are.
package struct SparkProgress: Sendable, Hashable {
    package let stages: [Stage]
    package let tasksUnderWay: Int

    package struct Stage: Sendable, Hashable {
        package let id: Int
        package let tasks: Int
        package let completedTasks: Int
        package let bytesRead: Int
        package let isDone: Bool
    }

    /// Of the stages that are known so far.
    package var completedTasks: Int { stages.reduce(0) { $0 + $1.completedTasks } }
    package var tasks: Int { stages.reduce(0) { $0 + $1.tasks } }
}

package struct SparkObservation: Sendable, Hashable {
    package let name: String
    /// By the names of the expressions; a value of a kind that Millrace does not ask for is missing.
    package let values: [String: SparkLiteral]
}
