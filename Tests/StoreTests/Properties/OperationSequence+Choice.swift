@testable import Store

extension OperationSequence {
    /// One of the operations.
    func operate() async throws {
        switch generator.below(100) {
        case 0..<8: try await replace()
        case 8..<24: try await append()
        case 24..<32: try await appendColumns()
        case 32..<40: try await widen()
        case 40..<50: try await merge(deleting: false)
        case 50..<60: try await merge(deleting: true)
        case 60..<70: try await delete()
        case 70..<80: try await optimize()
        case 80..<87: try await restore()
        case 87..<91: try await checkpoint()
        case 91..<95: try await tag()
        default: try await vacuum()
        }
    }
}
