package import Planning

extension Workspace {
    /// What is made from what. The store is not asked.
    /// - Throws: `Diagnostics` when a query cannot be read, or datasets need each other.
    package func graph() throws -> Graph {
        let analysis = try analyseSound()
        save(analysis.cache)
        return analysis.graph
    }
}
