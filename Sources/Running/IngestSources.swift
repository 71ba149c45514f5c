package import Ingesting
package import Project

/// The files of a plan's ingests when the run began.
package struct IngestSources: Sendable {
    /// All that are there.
    package var files: [DatasetName: SourceFiles]
    /// For ingests that add to what is there: what is new among them, as far as it is known.
    package var news: [DatasetName: SourceNews]

    package init(files: [DatasetName: SourceFiles] = [:], news: [DatasetName: SourceNews] = [:]) {
        self.files = files
        self.news = news
    }
}
