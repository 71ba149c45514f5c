/// Where the rows of a deletion vector are listed.
package enum DeletionVectorLocation: Hashable, Sendable {
    /// In the log itself.
    case inline
    /// In a file: below the table's folder, or wherever an absolute path or a URI says.
    case file(path: String, isAbsolute: Bool)
}

extension DeletionVector {
    /// - Throws: `corrupt` for a path that cannot be read, `unsupportedFeatures` for a way of storing that is not known.
    package var location: DeletionVectorLocation {
        get throws(DeltaLogError) {
            switch storageType {
            case "i": return .inline
            case "p": return .file(path: DataPath.canonical(pathOrInlineDv), isAbsolute: true)
            case "u": return .file(path: try relativePath, isAbsolute: false)
            default:
                throw DeltaLogError(
                    .unsupportedFeatures, "a deletion vector is stored as '\(storageType)', which is not known",
                    features: ["deletionVectors"])
            }
        }
    }

    /// The path of the file, below `folder` unless it is absolute; nil when the rows are in the log itself.
    ///
    /// - Throws: as `location`.
    package func file(in folder: String) throws(DeltaLogError) -> String? {
        switch try location {
        case .inline: nil
        case .file(let path, true): path
        case .file(let path, false): folder.isEmpty ? path : "\(folder)/\(path)"
        }
    }

    private static let encodedUUIDLength = 20

    /// `PREFIX/deletion_vector_UUID.bin`, from the prefix and the 20 characters that encode the UUID.
    private var relativePath: String {
        get throws(DeltaLogError) {
            let text = Array(pathOrInlineDv.utf8)
            guard text.count >= Self.encodedUUIDLength else { throw Self.malformed("its file's name is too short") }
            let prefix = String(decoding: text.dropLast(Self.encodedUUIDLength), as: UTF8.self)
            guard !prefix.contains("/"), prefix != "..", prefix != "." else {
                throw Self.malformed("its file is not where such files are")
            }
            let uuid = try Z85.decoded(text.suffix(Self.encodedUUIDLength))
            let digits = Array("0123456789abcdef".utf8)
            var name: [UInt8] = []
            for (index, byte) in uuid.enumerated() {
                if [4, 6, 8, 10].contains(index) { name.append(UInt8(ascii: "-")) }
                name.append(digits[Int(byte >> 4)])
                name.append(digits[Int(byte & 15)])
            }
            let file = "deletion_vector_\(String(decoding: name, as: UTF8.self)).bin"
            return prefix.isEmpty ? file : "\(prefix)/\(file)"
        }
    }

    /// The rows of a vector that is in the log itself.
    ///
    /// - Throws: `corrupt` when it is damaged, or has another number of rows than it announces.
    package func decodeInline() throws(DeltaLogError) -> RowSet {
        guard storageType == "i" else { throw Self.malformed("it is not in the log itself") }
        let bytes = try Z85.decoded(Array(pathOrInlineDv.utf8)[...])
        // The text is padded to whole groups.
        guard sizeInBytes >= 0, sizeInBytes <= bytes.count, bytes.count - sizeInBytes < 4 else {
            throw Self.malformed("it has \(bytes.count) bytes instead of \(sizeInBytes)")
        }
        return try checked(DeletionVectorFile.rows(data: bytes[..<sizeInBytes]))
    }

    /// The rows of a vector in a file.
    ///
    /// - Parameter bytes: the whole file.
    /// - Throws: `corrupt` when it is damaged, or has another number of rows than it announces.
    package func rows(inFile bytes: [UInt8]) throws(DeltaLogError) -> RowSet {
        try checked(DeletionVectorFile.rows(bytes: bytes, offset: offset ?? 1, size: sizeInBytes))
    }

    private func checked(_ rows: RowSet) throws(DeltaLogError) -> RowSet {
        guard rows.count == cardinality else {
            throw Self.malformed("it has \(rows.count) rows instead of \(cardinality)")
        }
        return rows
    }

    private static func malformed(_ what: String) -> DeltaLogError {
        DeltaLogError(.corrupt, "a deletion vector cannot be read: \(what)")
    }
}
