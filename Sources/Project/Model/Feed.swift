/// What training reads: a dataset's version, columns, split, order and batch size.
package struct Feed: Sendable {
    package var name: Located<String>
    package var dataset: Located<DatasetName>
    /// A pinned version; nil means the latest.
    package var version: VersionPin?
    /// In order; empty means all columns.
    package var columns: [Located<String>]
    package var label: Located<String>?
    package var split: Located<String>?
    /// Rows per batch.
    package var batch: Int?
    /// The seed of the order; nil keeps the order of the files.
    package var shuffleSeed: Int?
    package var span: SourceSpan

    package init(
        name: Located<String>, dataset: Located<DatasetName>, version: VersionPin? = nil,
        columns: [Located<String>] = [],
        label: Located<String>? = nil, split: Located<String>? = nil, batch: Int? = nil, shuffleSeed: Int? = nil,
        span: SourceSpan
    ) {
        self.name = name
        self.dataset = dataset
        self.version = version
        self.columns = columns
        self.label = label
        self.split = split
        self.batch = batch
        self.shuffleSeed = shuffleSeed
        self.span = span
    }
}
