import DeltaLog

/// What tells one file of a table from another.
struct FileIdentity: Hashable {
    var path: String
    var deletionVector: String?

    init(_ file: AddFile) {
        path = DataPath.canonical(file.path)
        deletionVector = file.deletionVector?.uniqueID
    }

    init(_ file: RemoveFile) {
        path = DataPath.canonical(file.path)
        deletionVector = file.deletionVector?.uniqueID
    }
}

/// The files through which a commit changed rows.
struct CommitMoves {
    /// As they were while they were live.
    var removed: [AddFile] = []
    var added: [AddFile] = []
    /// Files that hold the changes themselves; where a commit has any, these are all of its changes.
    var changeData: [AddFile] = []
    /// A file that was taken out, and of which nothing is known.
    var unknown: String?

    /// The files that tell what the commit changed.
    var files: [AddFile] { changeData.isEmpty ? removed + added : changeData }

    /// - Parameter former: files that were live before.
    init(_ commit: Commit, former: [FileIdentity: AddFile]) {
        for action in commit.actions {
            switch action {
            case .add(let file) where file.dataChange: added.append(file)
            case .remove(let file) where file.dataChange:
                if let known = former[FileIdentity(file)] { removed.append(known) } else { unknown = file.path }
            case .changeData(let file):
                changeData.append(
                    AddFile(
                        path: file.path, partitionValues: file.partitionValues, size: file.size, modificationTime: 0))
            default: break
            }
        }
    }
}

extension AddFile {
    /// Whether the file's rows were in other files of the table before.
    var isCarried: Bool { tags[Self.carriedTag] != nil }
}
