import BundleModel
import TestSupport
import Testing

@Suite("Snapshots of the database")
struct SnapshotTests {
  @Test(
    "text that is no snapshot is refused",
    arguments: ["", "1", "1:2", "1:2:3:4", "2:1:", "a:b:", "1:3:4", "5:9:4", "1:3:2,", "-1:2:", "1:2:x"])
  func malformed(text: String) { #expect(DatabaseSnapshot(text) == nil) }

  @Test("what is running is not seen, what had ended is")
  func sees() throws {
    let snapshot = try #require(DatabaseSnapshot("10:15:10,12"))
    #expect((8...16).filter { snapshot.sees($0) } == [8, 9, 11, 13, 14])
  }

  @Test("one includes another exactly when it sees all that the other sees")
  func includes() {
    var random = SeededRandom(seed: 20_261_122)
    func snapshot() -> DatabaseSnapshot {
      let xmax = UInt64.random(in: 1...9, using: &random)
      let running = (1..<xmax).filter { _ in Bool.random(using: &random) }
      let list = running.map(String.init).joined(separator: ",")
      return DatabaseSnapshot("\(running.first ?? xmax):\(xmax):\(list)")!
    }
    var included = 0
    for _ in 0..<20_000 {
      let (a, b) = (snapshot(), snapshot())
      let expected = (1...10).allSatisfy { (xid: UInt64) in !b.sees(xid) || a.sees(xid) }
      #expect(a.includes(b) == expected, "\(a) and \(b)")
      included += expected ? 1 : 0
    }
    #expect(included > 1000)
  }
}
