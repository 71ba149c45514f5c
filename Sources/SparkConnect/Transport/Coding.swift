import Foundation
import GRPCCore
import SwiftProtobuf

/// Protobuf's bytes for gRPC.
struct MessageEncoder<Message: SwiftProtobuf.Message>: MessageSerializer {
    func serialize<Bytes: GRPCContiguousBytes>(_ message: Message) throws -> Bytes {
        Bytes(try message.serializedBytes() as [UInt8])
    }
}

struct MessageDecoder<Message: SwiftProtobuf.Message>: MessageDeserializer {
    func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) throws -> Message {
        try bytes.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return Message() }
            // Read in place; the message has copies of its own. The memory is only read, whatever the type says.
            let data = Data(
                bytesNoCopy: UnsafeMutableRawPointer(mutating: start), count: bytes.count, deallocator: .none)
            return try Message(serializedBytes: data)
        }
    }
}
