/// The actions of one version.
package struct Commit: Hashable, Sendable {
    package var actions: [Action]

    package init(actions: [Action]) { self.actions = actions }

    /// Reads a commit's file.
    ///
    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - file: the file's name, for errors.
    /// - Throws: `corrupt` with the line; `unsupportedType`.
    package init(bytes: [UInt8], file: String) throws(DeltaLogError) {
        actions = []
        var start = 0
        var line = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            line += 1
            if let action = try Self.action(of: bytes[start..<end], file: file, line: line) { actions.append(action) }
            start = end + 1
        }
        if actions.isEmpty {
            throw DeltaLogError(.corrupt, "the commit is empty", file: file)
        }
    }

    private static func action(of line: ArraySlice<UInt8>, file: String, line number: Int) throws(DeltaLogError)
        -> Action?
    {
        guard line.contains(where: { $0 > 0x20 }) else { return nil }
        let json: JSONValue
        do {
            json = try JSONValue.parse(line)
        } catch {
            throw DeltaLogError(.corrupt, "the line is no JSON: \(error)", file: file, line: number)
        }
        do {
            return try Action(json: json)
        } catch {
            var error = error
            error.file = file
            error.line = number
            throw error
        }
    }

    /// The commit's file.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for action in actions {
            action.json.write(to: &bytes)
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }

    package var info: JSONObject? {
        for case .commitInfo(let info) in actions { return info }
        return nil
    }
}
