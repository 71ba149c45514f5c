/// How data files are written.
///
/// Encoding is where a wide step spends its time. Against DuckDB's defaults a faster level of the codec, plain encoding
/// for columns of many distinct values and no Bloom filters save a quarter of it, for files of nearly the same size.
package enum ParquetOptions {
    /// Options of `COPY … TO` a folder that holds other files already.
    package static let copy = [
        "FORMAT parquet", "COMPRESSION zstd", "COMPRESSION_LEVEL 1", "DICTIONARY_SIZE_LIMIT 5000",
        "WRITE_BLOOM_FILTER false", "RETURN_STATS", "OVERWRITE_OR_IGNORE",
    ]

    /// Files of about this many bytes: small enough to share between readers, large enough to be few.
    package static let standardFileSize = 268_435_456

    /// The option for files of the standard size.
    package static let fileSize = fileSize(standardFileSize)

    /// The option for files of about this many bytes; DuckDB looks at the size when a row group is complete.
    package static func fileSize(_ bytes: Int) -> String { "FILE_SIZE_BYTES \(bytes)" }
}
