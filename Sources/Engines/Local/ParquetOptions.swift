/// How staged Parquet files are written.
///
/// Encoding is where a wide step spends its time. Against DuckDB's defaults a faster level of the codec, plain encoding
/// for columns of many distinct values and no Bloom filters save a quarter of it, for files of nearly the same size.
enum ParquetOptions {
    static let copy = [
        "FORMAT parquet", "COMPRESSION zstd", "COMPRESSION_LEVEL 1", "DICTIONARY_SIZE_LIMIT 5000",
        "WRITE_BLOOM_FILTER false", "RETURN_STATS", "OVERWRITE_OR_IGNORE",
    ]

    /// Files of about this many bytes: small enough to share between readers, large enough to be few.
    static let fileSize = "FILE_SIZE_BYTES 268435456"
}
