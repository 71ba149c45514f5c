import Engines
import Foundation
import ObjectStore
import Project
import Store

/// Opens the folders and buckets where tables are, and lets the engines at what is in a bucket.
struct Places: Sendable {
    let project: Project
    let environment: [String: String]
    let engines: EngineSet

    /// Where the project's own datasets are.
    func store() throws(ObjectStoreError) -> any ObjectStore {
        switch project.store {
        case .folder(let path): LocalFolder(path)
        case .s3(let address): try bucket(at: address)
        }
    }

    /// Where a table outside of the store is: a folder of this machine, or a place in an S3 service. Nil for others.
    func table(at location: String) throws(ObjectStoreError) -> (any ObjectStore)? {
        if location.hasPrefix("/") { return LocalFolder(location) }
        guard var address = S3Address(url: location) else { return nil }
        // What the project says about its own service holds for the other tables in it.
        if case .s3(let own) = project.store {
            address.endpoint = own.endpoint
            address.region = own.region
            address.pathStyle = own.pathStyle
            address.profile = own.profile
        }
        return try bucket(at: address)
    }

    private func bucket(at address: S3Address) throws(ObjectStoreError) -> S3Bucket {
        let configuration = try S3Configuration.resolve(
            options: S3Options(
                endpoint: address.endpoint, region: address.region, pathStyle: address.pathStyle,
                profile: address.profile),
            environment: environment, home: environment["HOME"], bucket: address.bucket)
        guard let prefix = address.prefix.isEmpty ? .root : ObjectPath(address.prefix) else {
            throw ObjectStoreError(
                code: .invalidConfiguration, path: address.url, message: "the prefix is no path: \(address.prefix)")
        }
        let bucket = S3Bucket(S3Location(bucket: address.bucket, prefix: prefix), configuration)
        do {
            try engines.open(bucket: address.bucket, secret: bucket.duckDBSecret)
        } catch {
            throw ObjectStoreError(
                code: .invalidConfiguration, path: address.url, message: "DuckDB cannot open the bucket: \(error)")
        }
        return bucket
    }
}
