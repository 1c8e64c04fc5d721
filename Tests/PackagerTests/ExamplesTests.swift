import BundleModel
import Testing

@testable import Packager

/// The bundles of the repository's own `examples/`, packaged for real.
@Suite struct ExamplesTests {
  private static let root: String = {
    let parts = #filePath.split(separator: "/").dropLast(3)
    return "/" + parts.joined(separator: "/") + "/examples"
  }()

  /// Slug, and what its archive must hold among others.
  private static let good: [(slug: String, name: String)] = [
    ("csv-loader", "dist/index.js"), ("inbox-normalizer", "rules/extensions.json"),
    ("checksum-auditor", "src/digest.py"),
    ("fleet-metrics", "dist/index.js"), ("timestore-loader", "dist/index.js"),
    ("greenhouse-alerts", "dist/index.js.map"),
    ("sensor-archive", "data/roof.csv"), ("weekly-digest", "src/main.py"), ("invoice-totals", "requirements.txt"),
    ("terrain-tiles", "tiles/index.json"), ("route-simulator", "data/routes.jsonl"),
  ]
  private static let broken = "report-publisher"

  private func package(
    _ slug: String, events: @escaping @Sendable (PackagingEvent) -> Void = { _ in }
  ) async throws -> (archive: PackagedArchive, names: [String], took: Duration) {
    let catalogue = try await Catalogue.scan(root: Self.root)
    let temporary = Scratch()
    let source = try #require(Slug(slug).flatMap { catalogue.bundles[$0] })
    let request = PackagingRequest(
      source: source, allowBuildCommands: true, temporaryDirectory: temporary.path)
    let packager = Packager()
    let resolved = try await packager.resolve(request)
    let start = ContinuousClock.now
    let result = try await packager.package(request, resolved, events: events) { archive in
      (archive, try await names(in: archive.path), ContinuousClock.now - start)
    }
    #expect(temporary.names.isEmpty)
    return result
  }

  @Test func theCatalogueIsCompleteAndClean() async throws {
    let catalogue = try await Catalogue.scan(root: Self.root)
    #expect(catalogue.problems.isEmpty && catalogue.duplicates.isEmpty)
    #expect(catalogue.bundles.keys.map(\.text).sorted() == (Self.good.map(\.slug) + [Self.broken]).sorted())
    #expect(catalogue.bundles.values.allSatisfy { $0.version != nil })
  }

  @Test(arguments: good)
  func isPackaged(slug: String, name: String) async throws {
    let collected = Collected()
    let result = try await package(slug) { collected.add($0) }
    #expect(result.names.contains("manifest.json"))
    #expect(result.names.contains(name), "\(result.names)")
    #expect(!result.names.contains { $0.hasPrefix("tools/") })
    switch slug {
    case "sensor-archive", "route-simulator":
      #expect(result.took > .seconds(8))
      let fractions = collected.events.compactMap { event -> Double? in
        if case .progress(_, let fraction) = event { return fraction }
        return nil
      }
      #expect(fractions.count > 20)
    case "terrain-tiles": #expect(result.archive.size > 30 << 20)
    default: break
    }
  }

  @Test func theBrokenOneSaysWhy() async throws {
    let error = await #expect(throws: PackagingError.self) { try await package(Self.broken) }
    #expect(error?.message == "src/index.ts:2: could not resolve \"./publish\"")
    #expect(error?.errorClass == .bundle)
  }

  /// The slow ones would take long; the large one shows that generated data repeat.
  @Test(arguments: ["terrain-tiles", "fleet-metrics", "weekly-digest"])
  func twiceGivesTheSameBytes(slug: String) async throws {
    let first = try await package(slug)
    let second = try await package(slug)
    #expect(first.archive.checksum == second.archive.checksum)
  }
}
