import Foundation
import Millrace
import Project

/// Where the lineage of a project's columns is kept: `.millrace/lineage.jsonl`, a line for each dataset, its name and a
/// tab before it. It may be lost. So the server need not have in memory what few visitors ask for.
struct LineageFile {
    private let path: String

    init(root: String) { path = root + "/.millrace/lineage.jsonl" }

    func write(_ lineage: ProjectLineage) throws {
        let encoder = JSONEncoder()
        var data = Data()
        for (name, found) in lineage.datasets.sorted(by: { $0.key < $1.key }) {
            data += Data("\(name.text)\t".utf8) + (try encoder.encode(found)) + Data("\n".utf8)
        }
        try data.write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    /// Nil when nothing is known about the dataset.
    func read(_ name: DatasetName) -> DatasetLineage? {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped) else { return nil }
        let head = Data("\(name.text)\t".utf8)
        var start = data.startIndex
        while start < data.endIndex {
            let end = data[start...].firstIndex(of: UInt8(ascii: "\n")) ?? data.endIndex
            if data[start..<end].starts(with: head) {
                return try? JSONDecoder().decode(DatasetLineage.self, from: data[(start + head.count)..<end])
            }
            start = end + 1
        }
        return nil
    }
}
