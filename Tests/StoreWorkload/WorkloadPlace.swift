import DuckDB
import Foundation
import ObjectStore

/// Where a store is: its objects, and what DuckDB needs to read and write them.
struct WorkloadPlace {
    var objects: any ObjectStore
    var extensions: [String] = []
    /// A statement that each database runs first.
    var preparation: String?

    /// - Parameter location: an absolute path, or the URL of a bucket and a prefix; the environment then says how to
    ///   reach the server.
    init(_ location: String) throws {
        if location.hasPrefix("/") {
            objects = LocalFolder(location)
            return
        }
        guard let place = S3Location(url: location) else {
            throw Trouble("\(location) is neither a path nor an S3 URL")
        }
        let configuration = try S3Configuration.resolve(
            environment: ProcessInfo.processInfo.environment, home: nil, bucket: place.bucket)
        let bucket = S3Bucket(place, configuration)
        objects = bucket
        extensions = [try Extension.find(Extension.httpfs)]
        let options = bucket.duckDBSecret.map { "\($0.name) \(SQL.literal($0.value))" }.joined(separator: ", ")
        preparation = "CREATE SECRET workload (TYPE s3, \(options))"
    }
}
