/// What a reader takes at most. Whatever a stream says of itself is held against the bytes that are there before
/// memory is taken for it; these limits hold for what bytes cannot tell.
package struct DecodingLimits: Sendable {
    /// How deep types may be nested.
    package var nesting = 64
    /// Bytes of a message's metadata.
    package var metadataBytes = 256 << 20
    /// Bytes of a message's body.
    package var bodyBytes = 1 << 40
    /// Rows of a batch, or values of a column that is nested in it.
    package var rows = Int(Int32.max)
    /// Bytes that the body of one message has once it is decompressed.
    package var decompressedBytes = 4 << 30

    /// Threads that decompress the buffers of a body, the caller's among them.
    package var threads = Parallel.processors

    package init() {}
}
