import FoundationEssentials
import Glibc

/// What is wrong with a file, in words.
enum FileTrouble {
    static func reason(_ error: any Error) -> String {
        guard let error = error as? CocoaError else { return "\(error)" }
        if let cause = error.underlying as? POSIXError { return String(cString: strerror(cause.code.rawValue)) }
        switch error.code {
        case .fileWriteNoPermission, .fileReadNoPermission: return "no permission"
        case .fileWriteOutOfSpace: return "no space left on the disk"
        case .fileWriteFileExists: return "it is there already"
        case .fileWriteVolumeReadOnly: return "the file system is read-only"
        default: return "error \(error.code.rawValue)"
        }
    }
}
