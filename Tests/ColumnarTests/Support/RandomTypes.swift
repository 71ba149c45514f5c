import Columnar
import ColumnarSamples

/// All types that nest nothing, and some that do.
enum RandomTypes {
    static let some: [DataType] = {
        var random = RandomType(seed: 3)
        return RandomType.flat + [.interval(.yearMonth), .interval(.dayTime)]
            + (0..<60).map { _ in random.type(depth: 3) }
    }()
}
