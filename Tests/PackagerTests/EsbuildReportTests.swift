import Testing

@testable import Packager

@Suite struct EsbuildReportTests {
  private let output = """
    ▲ [WARNING] Something odd

        src/index.ts:1:0:
          1 │ x

    ✘ [ERROR] Could not resolve "./publish"

        src/index.ts:14:24:
          14 │ import { publish } from "./publish";
             ╵                         ~~~~~~~~~~~

    ✘ [ERROR] No loader is configured for ".key" files: ../out/id.key

        src/b.ts:2:7:
          2 │ import "../../out/id.key"

    2 errors
    """

  @Test func isOneLineAnError() {
    let report = EsbuildReport(output) { $0.hasPrefix("src/") }
    #expect(
      report.message == """
        src/index.ts:14: could not resolve "./publish"
        src/b.ts:2: no loader is configured for ".key" files: ../out/id.key
        """)
    #expect(report.mayBeKept)
  }

  @Test func linesOfOtherPeoplesFilesAreNotKept() {
    let output = """
      ✘ [ERROR] Unexpected "hunter2"

          ../../etc/secret.json:1:0:
            1 │ hunter2
      """
    let report = EsbuildReport(output) { $0.hasPrefix("src/") }
    #expect(!report.mayBeKept)
    #expect(report.message?.contains("hunter2") == false)
    #expect(report.message?.hasPrefix("../../etc/secret.json:1: is outside of the bundle") == true)
  }

  @Test func notesOutsideCountToo() {
    let output = """
      ✘ [ERROR] Twice

          src/a.ts:1:0:
            1 │ a

        First here:

          ../x.ts:9:1:
            9 │ secret
      """
    let report = EsbuildReport(output) { $0.hasPrefix("src/") }
    #expect(!report.mayBeKept)
    #expect(report.message == "src/a.ts:1: twice")
  }

  @Test func nothingKnownIsNil() {
    #expect(EsbuildReport("Segmentation fault") { _ in true }.message == nil)
  }
}
