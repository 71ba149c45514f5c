package import Project

/// How a project stands, as far as one who looks wants to know: a value that can be kept, and shown without opening the
/// store or the engine.
package struct Survey: Codable, Sendable {
    package struct Column: Codable, Sendable, Equatable {
        package var name: String
        package var type: String
        package var description: String?
    }

    /// Something wrong with the project.
    package struct Problem: Codable, Sendable, Equatable {
        package var isError: Bool
        package var message: String
        package var file: String?
        package var line: Int?
        package var hint: String?
    }

    package struct Tag: Codable, Sendable, Equatable {
        package var name: String
        package var version: Int
    }

    package struct Feed: Codable, Sendable, Equatable {
        package var name: String
        package var dataset: DatasetName
    }

    /// A dataset as the project and the store have it.
    package struct Dataset: Codable, Sendable, Identifiable {
        package var name: DatasetName
        package var kind: String
        package var description: String?
        package var tags: [String]
        /// The file that defines it, from the project's folder where it is in there.
        package var definedIn: String
        package var sql: String?
        package var mode: String
        package var incremental: DatasetName?
        package var needs: [DatasetName]
        package var neededFor: [DatasetName]
        package var key: [String]
        /// How it is made part by part, in words; nil when as a whole.
        package var partitions: String?
        /// No older than so many seconds.
        package var freshWithin: Int?

        /// `new`, `stale` or `up to date`.
        package var state: String
        /// Why it is stale, or is not.
        package var reasons: [String]

        /// The live version and what it is made of; nil before the first.
        package var live: Live?

        package var id: DatasetName { name }
    }

    package struct Live: Codable, Sendable {
        package var pinned: PinnedVersion
        package var published: Int?
        package var columns: [Column]
        package var partitionBy: [String]
        package var rows: Int?
        package var bytes: Int?
        package var files: Int
        package var upkeep: String?
        package var tags: [Tag]
        package var record: VersionRecord?
        package var quarantine: DatasetName?
        package var quarantineRows: Int?

        package var version: Version { pinned.version }
    }

    package var project: String
    /// In milliseconds since 1970.
    package var takenAt: Int
    /// In the order of their names.
    package var datasets: [Dataset]
    package var feeds: [Feed]
    package var problems: [Problem]

    package init(
        project: String, takenAt: Int, datasets: [Dataset] = [], feeds: [Feed] = [], problems: [Problem] = []
    ) {
        self.project = project
        self.takenAt = takenAt
        self.datasets = datasets
        self.feeds = feeds
        self.problems = problems
    }
}

extension Survey.Problem {
    package init(_ diagnostic: Diagnostic) {
        let hasPlace = diagnostic.span.map { $0.length > 0 || !$0.file.text.isEmpty } ?? false
        self.init(
            isError: diagnostic.severity == .error, message: diagnostic.message, file: diagnostic.span?.file.path,
            line: hasPlace ? diagnostic.span?.line : nil, hint: diagnostic.hint)
    }
}
