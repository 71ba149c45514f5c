/// Why a change cannot be committed after what another writer committed first.
package struct CommitConflict: Error, Hashable, Sendable, CustomStringConvertible {
    package struct Kind: Hashable, Sendable, CustomStringConvertible {
        package let description: String
        private init(_ name: String) { description = name }

        /// Both change the protocol.
        package static let protocolChanged = Kind("protocol changed")
        /// The other changed the columns or settings.
        package static let metadataChanged = Kind("metadata changed")
        /// The other added rows, which the change would have had to read.
        package static let concurrentAppend = Kind("concurrent append")
        /// The other took out a file that the change had read.
        package static let concurrentDeleteRead = Kind("concurrent delete read")
        /// Both take out the same file.
        package static let concurrentDeleteDelete = Kind("concurrent delete delete")
        /// The other went on in a transaction that the change had read.
        package static let concurrentTransaction = Kind("concurrent transaction")
        /// Both set the same domain's metadata.
        package static let concurrentDomain = Kind("concurrent domain metadata")
        /// The other made the table that was to be made.
        package static let tableCreated = Kind("table created")
        /// The table was deleted, or deleted and made anew.
        package static let tableReplaced = Kind("table replaced")
    }

    package var kind: Kind
    /// The other's version.
    package var version: Int
    /// The file that it is about, as the log has it.
    package var path: String?
    /// What the other did: `commitInfo.operation`.
    package var operation: String?
    /// The application or the domain that it is about.
    package var subject: String?

    package init(_ kind: Kind, version: Int, path: String? = nil, operation: String? = nil, subject: String? = nil) {
        self.kind = kind
        self.version = version
        self.path = path
        self.operation = operation
        self.subject = subject
    }

    package var description: String {
        let winner = "version \(version)" + (operation.map { " (\($0))" } ?? "")
        let file = path.map { "the file \($0)" } ?? "a file"
        let subject = subject ?? "?"
        return switch kind {
        case .protocolChanged: "\(winner) changed the table's protocol, which this change does as well"
        case .metadataChanged: "\(winner) changed the table's columns or settings"
        case .concurrentAppend: "\(winner) added rows, which this change has not seen: \(file)"
        case .concurrentDeleteRead: "\(winner) took out rows that this change had read: \(file)"
        case .concurrentDeleteDelete: "\(winner) took out \(file), which this change takes out as well"
        case .concurrentTransaction: "\(winner) went on with the transaction of \(subject)"
        case .concurrentDomain: "\(winner) set the metadata of the domain \(subject), which this change does as well"
        case .tableCreated: "another writer made the table, now at version \(version)"
        default: "the table was deleted meanwhile"
        }
    }
}
