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
        let result = bytes.withUnsafeBytes { buffer -> Result<[Action], DeltaLogError> in
            let lines = LogLines(buffer)
            var actions: [Action] = []
            actions.reserveCapacity(lines.count)
            var maps = InternedMaps()
            for number in 0..<lines.count {
                let line = lines[number + 1]
                if let action = FileLine(line)?.action(in: line, maps: &maps) {
                    actions.append(action)
                    continue
                }
                do throws(DeltaLogError) {
                    if let action = try Self.action(of: line, file: file, line: number + 1) { actions.append(action) }
                } catch {
                    return .failure(error)
                }
            }
            return .success(actions)
        }
        actions = try result.get()
        if actions.isEmpty {
            throw DeltaLogError(.corrupt, "the commit is empty", file: file)
        }
    }

    /// Reads one line; nil for a line without an action that is known here.
    static func action(
        of line: UnsafeRawBufferPointer, file: String, line number: Int
    ) throws(DeltaLogError) -> Action? {
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
