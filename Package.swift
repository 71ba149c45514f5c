// swift-tools-version: 6.2
import PackageDescription

/// Every target gets the same settings: one place to read them, one place to change them.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let asyncAlgorithms = Target.Dependency.product(name: "AsyncAlgorithms", package: "swift-async-algorithms")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let grpcCore = Target.Dependency.product(name: "GRPCCore", package: "grpc-swift-2")
let grpcTransport = Target.Dependency.product(
    name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let swiftProtobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "millrace",
    products: [
        .executable(name: "millrace", targets: ["CLI"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-async-algorithms.git", from: "1.1.4"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.34.0"),
        .package(url: "https://github.com/apple/swift-protobuf.git", from: "1.39.0", traits: []),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/grpc/grpc-swift-2.git", from: "2.4.3"),
        .package(url: "https://github.com/grpc/grpc-swift-nio-transport.git", from: "2.9.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "CLZ4", providers: [.apt(["liblz4-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"])]),
        .target(name: "CArrow"),
        .target(name: "CDuckDB", dependencies: ["CArrow"]),
        .target(name: "CProcess"),
        .target(name: "Processes", dependencies: ["CProcess"]),
        .target(name: "Columnar", dependencies: ["CArrow", "CLZ4", "CZstd"]),
        .target(name: "DuckDB", dependencies: ["CArrow", "CDuckDB", "Columnar"]),
        .target(name: "ObjectStore", dependencies: [asyncHTTPClient, crypto, nioCore, nioHTTP1, nioPosix]),
        .target(name: "DeltaLog"),
        .target(name: "SparkConnectProtocol", dependencies: [swiftProtobuf], exclude: ["Protos"]),
        .target(
            name: "SparkConnect",
            dependencies: [
                "Columnar", "SparkConnectProtocol", asyncAlgorithms, grpcCore, grpcTransport, nioCore, swiftProtobuf,
            ]),
        .target(name: "Timetable"),
        .target(name: "Project", dependencies: ["Timetable", crypto, yams]),
        .target(name: "Programs", dependencies: ["Columnar", "Processes", "Project", "Timetable"]),
        .target(name: "Queries", dependencies: ["Project"]),
        .target(name: "Planning", dependencies: ["Project", "Queries", "Timetable"]),
        .target(name: "Store", dependencies: ["DeltaLog", "DuckDB", "ObjectStore", "Project", "Timetable"]),
        .target(name: "Checks", dependencies: ["Project", "Queries"]),
        .target(name: "Ingesting", dependencies: ["CZlib", "Project", "Queries", "Timetable"]),
        .target(
            name: "Engines",
            dependencies: [
                "Checks", "Columnar", "DeltaLog", "DuckDB", "Ingesting", "Processes", "Programs", "Project", "Queries",
                "SparkConnect", "Store", "Timetable",
            ]),
        .target(
            name: "Running",
            dependencies: [
                "DuckDB", "Engines", "Ingesting", "Planning", "Project", "Queries", "Store", "Timetable",
            ]),
        .target(name: "Feeds", dependencies: ["DuckDB", "Project", "Queries", "Store"]),
        .target(
            name: "Millrace",
            dependencies: [
                "Checks", "Columnar", "DeltaLog", "DuckDB", "Engines", "Feeds", "Ingesting", "ObjectStore", "Planning",
                "Programs",
                "Project", "Queries", "Running", "SparkConnect", "Store", "Timetable",
            ]),
        .target(name: "Recording", dependencies: ["Planning", "Project", "Running", "Timetable", grdb]),
        .target(
            name: "Telemetry",
            dependencies: [
                "Millrace", "Planning", "Project", "Queries", "Recording", "Running", "Timetable", asyncHTTPClient,
                crypto,
                nioCore, nioHTTP1, nioPosix,
            ]),
        .target(name: "Bridges", dependencies: ["Project", "Timetable"]),
        .target(name: "Scheduling", dependencies: ["Planning", "Project", "Timetable"]),
        .target(
            name: "Supervising",
            dependencies: [
                "Processes", "Project", "Recording", "Scheduling", "Timetable", asyncHTTPClient, nioCore, nioHTTP1,
                nioPosix, nioSSL,
            ]),
        .target(
            name: "Serving",
            dependencies: [
                "Millrace", "Planning", "Processes", "Project", "Queries", "Recording", "Running", "Scheduling",
                "Store", "Timetable", crypto, cryptoExtras, httpTypes, hummingbird, logging, nioCore, serviceLifecycle,
            ]),
        .executableTarget(
            name: "CLI",
            dependencies: [
                "Bridges", "CProcess", "Columnar", "DuckDB", "Feeds", "Millrace", "Planning", "Project", "Queries",
                "Recording",
                "Running", "Scheduling", "Serving", "Store", "Supervising", "Telemetry", "Timetable", argumentParser,
                logging, serviceLifecycle,
            ]),

        .target(name: "ColumnarSamples", dependencies: ["Columnar"], path: "Tests/ColumnarSamples"),
        .target(name: "Servers", path: "Tests/Servers"),
        .target(name: "TestThreads", path: "Tests/TestThreads"),
        .executableTarget(
            name: "ColumnarWorkload", dependencies: ["CArrow", "Columnar", "ColumnarSamples"],
            path: "Tests/ColumnarWorkload"),
        .executableTarget(
            name: "StoreWorkload", dependencies: ["DuckDB", "ObjectStore", "Project", "Store"],
            path: "Tests/StoreWorkload"),
        .executableTarget(
            name: "SchedulerWorkload", dependencies: ["Project", "Scheduling", "Supervising"],
            path: "Tests/SchedulerWorkload"),
        .executableTarget(
            name: "StepsWorkload", dependencies: ["Planning", "Project", "Recording", "Running"],
            path: "Tests/StepsWorkload"),
        .testTarget(
            name: "ColumnarTests", dependencies: ["CArrow", "Columnar", "ColumnarSamples", "ColumnarWorkload"],
            exclude: ["Judges"]),
        .executableTarget(
            name: "SparkWorkload", dependencies: ["Columnar", "SparkConnect"], path: "Tests/SparkWorkload"),
        .testTarget(
            name: "SparkConnectTests",
            dependencies: [
                "Columnar", "Servers", "SparkConnect", "SparkConnectProtocol", "SparkWorkload", "TestThreads", grpcCore,
                grpcTransport, swiftProtobuf,
            ]),
        .testTarget(name: "DuckDBTests", dependencies: ["Columnar", "DuckDB"]),
        .testTarget(name: "ObjectStoreTests", dependencies: ["DuckDB", "ObjectStore", "Servers", "TestThreads"]),
        .testTarget(name: "DeltaLogTests", dependencies: ["DeltaLog"]),
        .testTarget(
            name: "StoreTests",
            dependencies: [
                "DeltaLog", "DuckDB", "ObjectStore", "Project", "Servers", "Store", "StoreWorkload", "Timetable",
            ],
            exclude: ["Judges"]),
        .testTarget(
            name: "ProjectTests", dependencies: ["Planning", "Project", "Queries", "Timetable"], exclude: ["Fixtures"]),
        .testTarget(name: "QueriesTests", dependencies: ["DuckDB", "Engines", "Project", "Queries"]),
        .testTarget(
            name: "TranslationTests",
            dependencies: ["Columnar", "DuckDB", "Engines", "Queries", "Servers", "SparkConnect", "TestThreads"],
            exclude: ["Cases"]),
        .testTarget(name: "TimetableTests", dependencies: ["Project", "Timetable"], exclude: ["Judges"]),
        .testTarget(name: "SchedulingTests", dependencies: ["Planning", "Project", "Scheduling", "Timetable"]),
        .testTarget(name: "ProcessesTests", dependencies: ["Processes", "TestThreads"]),
        .testTarget(
            name: "ProgramsTests", dependencies: ["Columnar", "Processes", "Programs", "Project", "TestThreads"]),
        .testTarget(
            name: "SupervisingTests",
            dependencies: [
                "CLI", "Processes", "Project", "Recording", "SchedulerWorkload", "Scheduling", "Supervising",
                "TestThreads", "Timetable", nioSSL,
            ]),
        .testTarget(
            name: "ServingTests",
            dependencies: [
                "Millrace", "Planning", "Project", "Recording", "Running", "Scheduling", "Serving", "TestThreads",
                "Timetable", httpTypes, logging, serviceLifecycle,
            ], exclude: ["Browser"]),
        .testTarget(
            name: "TelemetryTests",
            dependencies: ["Planning", "Project", "Queries", "Recording", "Running", "Telemetry", "TestThreads"]),
        .testTarget(name: "BridgesTests", dependencies: ["Bridges", "Project", "Timetable"], exclude: ["Golden"]),
        .testTarget(name: "RunningTests", dependencies: ["Planning", "Project", "Running", "TestThreads"]),
        .testTarget(name: "RecordingTests", dependencies: ["Planning", "Project", "Recording", "Running", grdb]),
        .testTarget(
            name: "AcceptanceTests", dependencies: ["CLI", "Servers", "TestThreads"], exclude: ["Judges", "Snapshots"]),
        .testTarget(name: "CLITests", dependencies: ["CLI"]),
    ]
)

// A system library has no settings. Continuous integration turns warnings in our own code into errors. Tests that only
// start programs, or call a function once, are compiled faster than optimising them would ever pay back.
let isStrict = Context.environment["MILLRACE_WERROR"] == "1"
let busyTests = [
    "ColumnarTests", "DeltaLogTests", "ObjectStoreTests", "QueriesTests", "StoreTests", "TimetableTests",
    "TranslationTests",
]
for target in package.targets where target.type != .system {
    target.swiftSettings = settings + (isStrict ? [.treatAllWarnings(as: .error)] : [])
    if target.type == .test, !busyTests.contains(target.name) {
        target.swiftSettings?.append(.unsafeFlags(["-Onone"]))
    }
}
