import BundleModel
import S3
import S3Stub
import Testing

/// The stub is strict and its faults are known, so each answer of the probe can be foretold.
@Suite("Examination of a store")
struct CapabilityProbeTests {
  private static func examine(_ stub: S3Stub) async throws -> CapabilityReport {
    let client = StubClient(stub)
    let configuration = S3Configuration(
      endpoint: client.endpoint, region: client.region, credentials: client.credentials, limits: client.limits)
    return try await CapabilityProbe(configuration, bucket: "bucket").run()
  }

  private static func answers(_ report: CapabilityReport) -> [CapabilityKind: Capability.Answer] {
    Dictionary(uniqueKeysWithValues: report.capabilities.map { ($0.kind, $0.answer) })
  }

  @Test("a strict store does everything but what the stub lacks")
  func strict() async throws {
    let stub = try S3Stub()
    defer { stub.stop() }
    let report = try await Self.examine(stub)
    for capability in report.capabilities {
      let isLacking = [.encrypted, .completeTwice].contains(capability.kind)
      #expect(capability.answer == (isLacking ? .no : .yes), "\(capability.kind): \(capability.seen)")
    }
    // Uploads that others left are looked for by those who may abort them.
    #expect(report.capabilities.map(\.kind) == CapabilityKind.allCases.filter { $0 != .noStrayUploads })
    #expect(report.leftovers == [])
  }

  @Test("a store that answers a bulk delete and deletes nothing is found out")
  func liesAboutDeletion() async throws {
    let stub = try S3Stub()
    defer { stub.stop() }
    stub.fail(.deleteObjects, with: .answer(200, body: Array("<DeleteResult/>".utf8)))
    let report = try await Self.examine(stub)
    #expect(Self.answers(report)[.bulkDelete] == .no)
    #expect(report.leftovers == [])
  }
}
