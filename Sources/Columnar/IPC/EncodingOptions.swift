/// How streams and files are written.
package struct EncodingOptions: Sendable {
    package var codec: Codec?
    /// The codec's own; nil for its usual one.
    package var level: Int?
    /// Buffers begin at multiples of it in a body: 8 or 64.
    package var alignment = 8
    /// What is added to a dictionary is sent alone, where a batch's dictionary begins with the one before it. A file
    /// always does so.
    package var writesDeltas = true
    /// As before Arrow 0.15: no marks in front of messages, and metadata of version 4.
    package var isLegacy = false

    /// Threads that compress the buffers of a body, the caller's among them.
    package var threads = Parallel.processors

    package init() {}
}
