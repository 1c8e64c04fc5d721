import ArtifactStorage
import BundleModel
import BundleStore
import Postgres
import S3
import Testing

@testable import ArtifactOperations

@Suite struct ExitStatusTests {
  @Test(
    arguments: [
      (StorageError(.denied, "m"), BundleModel.ExitStatus.denied), (StorageError(.timeout, "m"), .unavailable),
      (StorageError(.configuration, "m"), .usage), (StorageError(.missing, "m"), .failed),
      (StoreError(.unavailable, "m"), .unavailable), (StoreError(.refused, "m"), .denied),
      (StoreError(.invalid, "m"), .usage), (StoreError(.schema, "m"), .failed),
      (PostgresError(.settings, "m"), .usage), (PostgresError(.unreachable, "m"), .unavailable),
      (S3Error(kind: .clockSkew, code: "c", message: "m"), .denied),
      (S3Error(kind: .invalidRequest, code: "c", message: "m"), .usage),
      (S3Error(kind: .invalidRequest, status: 400, code: "c", message: "m"), .failed),
      (ArtifactOperationError(.wrongStore, "m"), .denied), (ArtifactOperationError(.noArtifact, "m"), .failed),
    ] as [(any ReportableError, BundleModel.ExitStatus)])
  func everyErrorHasItsStatus(error: any ReportableError, status: BundleModel.ExitStatus) throws {
    let failure = try #require(CommandFailure(explaining: error))
    #expect(failure.status == status)
    #expect(failure.message == "m")
  }

  @Test func whatIsNotOursIsExplainedByNobody() {
    struct Foreign: Error {}
    let foreign = CommandFailure(explaining: Foreign())
    #expect(foreign == nil)
    #expect(CommandFailure(explaining: CancellationError())?.status == .failed)
  }
}
