import Project
import Recording
import Running
import Testing

@testable import Telemetry

/// What the events have to look like is judged by OpenLineage's own classes, in the acceptance tests.
@Suite("The OpenLineage events of a run")
struct LineageTests {
    private func lineage(_ project: Project) throws -> RunLineage {
        let settings = TelemetrySettings(
            TelemetryRules(lineage: LineageRules(place: .file(path: "/l"))), environment: [:], root: "/p")
        return RunLineage(
            project: project, settings: try #require(settings.lineage),
            identity: RunLineage.Identity(millrace: "0", duckDB: { "1" }))
    }

    /// `START shop.a`.
    private func words(_ events: [(step: DatasetName?, event: JSON)]) -> [String] {
        events.map { ($0.event["eventType"]?.asString ?? "") + " " + ($0.event["job"]?["name"]?.asString ?? "") }
    }

    private func events(_ events: [RunEvent]) throws -> [String] {
        var lineage = try lineage(Samples.project(["a", "b"]))
        return events.enumerated().flatMap { words(lineage.take($1, at: Samples.start + $0)) }
    }

    @Test("each step that starts ends once, within its run")
    func order() throws {
        let failure = try Samples.failure("b")
        #expect(
            try events([
                try Samples.runStarted(["a", "b"]), try Samples.started("a"), try Samples.started("b"),
                .stepRetrying(StepRetry(failure: failure, attempt: 1, attempts: 2, delay: 1)),
                try Samples.finished("a"),
                try Samples.started("b", attempt: 2), .stepFailed(failure), Samples.summary(.failed, failed: 1),
            ]) == ["START shop", "START shop.a", "START shop.b", "COMPLETE shop.a", "FAIL shop.b", "FAIL shop"])
    }

    @Test("what was cancelled is aborted")
    func cancelled() throws {
        #expect(
            try events([
                try Samples.runStarted(["a"]), try Samples.started("a"),
                .stepFailed(try Samples.failure("a", .cancelled)), Samples.summary(.cancelled),
            ]) == ["START shop", "START shop.a", "ABORT shop.a", "ABORT shop"])
    }

    @Test("a run that makes nothing is not told")
    func nothing() throws {
        #expect(
            try events([
                try Samples.runStarted([]), .stepSkipped(try Samples.name("a"), .upToDate),
                Samples.summary(.nothingToDo),
            ]) == [])
    }

    @Test(
        "places, as other tools name them",
        arguments: [
            ("/a/b", "file", "/a/b", "file:///a/b"), ("s3://bucket/a/b/", "s3://bucket", "a/b", "s3://bucket/a/b"),
            ("s3a://bucket", "s3://bucket", "/", "s3://bucket"), ("/a b/é", "file", "/a b/é", "file:///a%20b/%C3%A9"),
        ])
    func places(location: String, namespace: String, name: String, uri: String) {
        let place = LineagePlace(location)
        #expect(place.namespace == namespace && place.name == name && place.uri == uri)
    }

    @Test(
        "files with a pattern for a name are in the folder above it",
        arguments: [
            ("landing/*.csv", "/p/landing"), ("/data/2024-??/x.csv", "/data"), ("a.csv", "/p/a.csv"),
            ("../b/./c.csv", "/b/c.csv"), ("landing/{partition}/x.csv", "/p/landing"), ("*.csv", "/p"),
        ])
    func patterns(pattern: String, name: String) {
        let place = LineagePlace(files: pattern, in: "/p")
        #expect(place.namespace == "file" && place.name == name)
    }

    @Test("a table in a store")
    func stores() throws {
        let name = try Samples.name("a")
        let address = try #require(S3Address(url: "s3://lake/deep/down"))
        #expect(LineagePlace(name, in: .s3(address)).name == "deep/down/a")
        #expect(LineagePlace(name, in: .folder("/s")).name == "/s/a")
    }
}
