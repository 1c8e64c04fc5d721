// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// The released version that `--version` prints.
let version = "0.1.0"

/// The commit that `--version` prints; "unknown" outside a git checkout.
let commit: String = {
  guard let git = Context.gitInformation else { return "unknown" }
  return String(git.currentCommit.prefix(12)) + (git.hasUncommittedChanges ? "+" : "")
}()

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
/// The HTTP server: in CatalogPod alone.
let httpServer: [Target.Dependency] = [
  .product(name: "HummingbirdCore", package: "hummingbird"),
  .product(name: "HTTPTypes", package: "swift-http-types"),
  .product(name: "NIOCore", package: "swift-nio"),
  .product(name: "NIOPosix", package: "swift-nio"),
  .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
]
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")

let package = Package(
  name: "bundletop",
  products: [
    .executable(name: "bundletop", targets: ["bundletop"]),
    .executable(name: "bundlepod", targets: ["bundlepod"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
    .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0", traits: []),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2", traits: []),
  ],
  targets: [
    // C shims: each is the only door to its library.
    .target(
      name: "CTerminal",
      cSettings: [
        .define("_XOPEN_SOURCE", to: "700"), .define("_DEFAULT_SOURCE"), .define("NCURSES_WIDECHAR", to: "1"),
      ],
      linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
    .target(name: "CPostgres", cSettings: [.define("_GNU_SOURCE")], linkerSettings: [.linkedLibrary("pq")]),
    .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
    .target(name: "COpenSSL", linkerSettings: [.linkedLibrary("crypto")]),
    .target(name: "CArchive", cSettings: [.define("_GNU_SOURCE")], linkerSettings: [.linkedLibrary("archive")]),
    .target(name: "CProcess"),
    .target(name: "CSpawn", cSettings: [.define("_GNU_SOURCE")]),
    .target(
      name: "CBuildInfo",
      cSettings: [
        .define("BUNDLETOP_VERSION", to: "\"\(version)\""), .define("BUNDLETOP_COMMIT", to: "\"\(commit)\""),
      ]),

    // Pure values and rules.
    .target(name: "BundleModel", swiftSettings: strict),

    .target(name: "JSON", dependencies: ["BundleModel"], swiftSettings: strict),
    .target(name: "Hashing", dependencies: ["BundleModel", "COpenSSL"], swiftSettings: strict),
    .target(
      name: "ProcessControl", dependencies: ["BundleModel", "CBuildInfo", "CProcess"], swiftSettings: strict),

    // Drivers that know nothing about bundles.
    .target(name: "Postgres", dependencies: ["BundleModel", "CPostgres"], swiftSettings: strict),
    .target(
      name: "HTTPTransport", dependencies: ["BundleModel", "CCurl", "ProcessControl"], swiftSettings: strict),
    .target(
      name: "S3", dependencies: ["BundleModel", "COpenSSL", "HTTPTransport", "Hashing", "ProcessControl"],
      swiftSettings: strict),
    // What other programs read and write of bundles.
    .target(name: "Wire", dependencies: ["BundleModel", "JSON"], swiftSettings: strict),
    // What each pod serves against what the database holds.
    .target(name: "PodLens", dependencies: ["BundleModel", "JSON"], swiftSettings: strict),
    .target(name: "Terminal", dependencies: ["BundleModel", "CTerminal", "ProcessControl"], swiftSettings: strict),

    // The durable store.
    .target(
      name: "ArtifactStorage",
      dependencies: ["BundleModel", "COpenSSL", "HTTPTransport", "Hashing", "ProcessControl", "S3"],
      swiftSettings: strict),
    .target(
      name: "BundleStore", dependencies: ["BundleModel", "Postgres"],
      resources: [.embedInCode("SQL"), .embedInCode("Schema")], swiftSettings: strict),

    // What AppHub left on disk, and how it is written.
    .target(
      name: "LegacyStore", dependencies: ["BundleModel", "Hashing", "JSON", "ProcessControl"],
      swiftSettings: strict),

    // What needs rows and objects together.
    .target(
      name: "ArtifactOperations", dependencies: ["ArtifactStorage", "BundleModel", "BundleStore", "Hashing"],
      swiftSettings: strict),

    // Where pods keep status: in the database, in files, or in both.
    .target(
      name: "Persistence",
      dependencies: [
        "ArtifactStorage", "BundleModel", "BundleStore", "Hashing", "LegacyStore", "ProcessControl", "Wire",
      ],
      swiftSettings: strict),

    // What the two programs are made of.
    .target(
      name: "Packager", dependencies: ["BundleModel", "CArchive", "CSpawn", "Hashing", "JSON", "ProcessControl"],
      swiftSettings: strict),
    .target(
      name: "PodAPI",
      dependencies: [
        "ArtifactOperations", "ArtifactStorage", "BundleModel", "BundleStore", "Hashing", "JSON", "LegacyStore",
        "Persistence", "ProcessControl", "Wire", logging,
      ],
      swiftSettings: strict),
    .target(
      name: "CatalogPod",
      dependencies: [
        "BundleModel", "BundleStore", "ArtifactStorage", "HTTPTransport", "Hashing", "LegacyStore", "Packager",
        "Persistence", "PodAPI", "ProcessControl", logging,
      ] + httpServer,
      swiftSettings: strict),
    .target(name: "Dashboard", dependencies: ["BundleModel", "Terminal"], swiftSettings: strict),
    .target(
      name: "LegacyMigration",
      dependencies: [
        "ArtifactStorage", "BundleModel", "BundleStore", "Hashing", "JSON", "LegacyStore", "Persistence",
        "ProcessControl",
      ],
      swiftSettings: strict),
    .target(name: "LocalStack", dependencies: ["BundleModel", "ProcessControl", "S3"], swiftSettings: strict),

    .executableTarget(
      name: "bundletop",
      dependencies: [
        "ArtifactOperations", "ArtifactStorage", "BundleModel", "BundleStore", "Dashboard", "HTTPTransport",
        "Hashing", "JSON", "LegacyMigration", "LegacyStore", "LocalStack", "Persistence", "PodLens", "Postgres",
        "ProcessControl", "S3", "Terminal", "Wire", argumentParser,
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "bundlepod",
      dependencies: [
        "ArtifactStorage", "BundleModel", "BundleStore", "CatalogPod", "JSON", "LegacyStore", "Packager",
        "Persistence", "PodAPI", "Postgres", "ProcessControl", argumentParser, logging,
      ],
      swiftSettings: strict),

    // What only `make bench` runs: the library's rates without a program around it.
    .executableTarget(
      name: "rates", dependencies: ["BundleModel", "BundleStore", "Hashing", "Postgres", "ProcessControl", "S3"],
      path: "Benchmarks/Rates", swiftSettings: strict),

    // Tests, beside by target.
    .target(
      name: "TestSupport",
      dependencies: ["BundleModel", "LocalStack", "Postgres", "ProcessControl", "S3", subprocess],
      path: "Tests/TestSupport", swiftSettings: strict),
    .target(
      name: "S3Stub", dependencies: ["BundleModel", "Hashing", "ProcessControl"], path: "Tests/S3Stub",
      swiftSettings: strict),
    .executableTarget(
      name: "StackHolder", dependencies: ["LocalStack"], path: "Tests/StackHolder", swiftSettings: strict),
    .testTarget(name: "BundleModelTests", dependencies: ["BundleModel"], swiftSettings: strict),
    .testTarget(name: "JSONTests", dependencies: ["BundleModel", "JSON"], swiftSettings: strict),
    .testTarget(name: "WireTests", dependencies: ["BundleModel", "JSON", "Wire"], swiftSettings: strict),
    .testTarget(
      name: "PostgresTests", dependencies: ["BundleModel", "LocalStack", "Postgres", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "HTTPTransportTests",
      dependencies: ["BundleModel", "HTTPTransport", "ProcessControl", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "S3Tests",
      dependencies: [
        "ArtifactStorage", "BundleModel", "HTTPTransport", "Hashing", "ProcessControl", "LocalStack", "S3",
        "S3Stub",
        "TestSupport",
      ],
      exclude: ["Corpus", "Vectors"], swiftSettings: strict),
    .testTarget(
      name: "ArtifactStorageTests",
      dependencies: [
        "ArtifactStorage", "BundleModel", "HTTPTransport", "Hashing", "LocalStack", "ProcessControl", "S3",
        "S3Stub",
        "TestSupport",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "ArtifactOperationsTests",
      dependencies: ["ArtifactOperations", "ArtifactStorage", "BundleModel", "BundleStore", "Postgres", "S3"],
      swiftSettings: strict),
    .testTarget(
      name: "BundleStoreTests",
      dependencies: ["BundleModel", "BundleStore", "LocalStack", "Postgres", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "CatalogPodTests",
      dependencies: [
        "ArtifactStorage", "BundleModel", "BundleStore", "CatalogPod", "HTTPTransport", "Hashing", "JSON",
        "LegacyStore", "Packager", "Persistence", "PodAPI", "Postgres", "ProcessControl", "TestSupport", logging,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "PodAPITests",
      dependencies: [
        "ArtifactStorage", "BundleModel", "BundleStore", "HTTPTransport", "Hashing", "JSON", "LegacyStore",
        "Persistence", "PodAPI", "Postgres", "ProcessControl", "S3", "TestSupport", "Wire", logging,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "PodLensTests", dependencies: ["BundleModel", "Hashing", "PodLens", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "PackagerTests", dependencies: ["BundleModel", "CSpawn", "Packager"], swiftSettings: strict),
    .executableTarget(
      name: "terminal-probe", dependencies: ["BundleModel", "Terminal"], path: "Tests/TerminalProbe",
      swiftSettings: strict),
    .testTarget(
      name: "TerminalTests",
      dependencies: ["BundleModel", "CTerminal", "Terminal", "TestSupport", "terminal-probe"],
      swiftSettings: strict),
    .testTarget(
      name: "DashboardTests", dependencies: ["BundleModel", "Dashboard", "Terminal", "TestSupport"],
      exclude: ["Goldens"],
      swiftSettings: strict),
    .testTarget(
      name: "LegacyStoreTests",
      dependencies: ["BundleModel", "Hashing", "JSON", "LegacyStore", "ProcessControl", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "PersistenceTests",
      dependencies: [
        "ArtifactStorage", "BundleModel", "BundleStore", "Hashing", "LegacyStore", "Persistence", "Postgres",
        "ProcessControl", "TestSupport",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "LegacyMigrationTests",
      dependencies: [
        "ArtifactStorage", "BundleModel", "BundleStore", "Hashing", "JSON", "LegacyMigration", "LegacyStore",
        "Persistence", "Postgres", "ProcessControl", "TestSupport",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "LocalStackTests", dependencies: ["BundleModel", "LocalStack", "StackHolder", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "BundleModel", "BundleStore", "HTTPTransport", "Hashing", "JSON", "LegacyStore", "LocalStack", "Postgres",
        "ProcessControl", "S3", "S3Stub", "TestSupport", "bundlepod", "bundletop",
      ],
      swiftSettings: strict),
  ]
)
