import ArtifactStorage
import BundleModel
import Testing

@testable import ArtifactOperations
@testable import BundleStore

@Suite struct CollectionPlanTests {
  private static let time = Timestamp(microseconds: 1_000_000)
  private static let later = Timestamp(microseconds: 2_000_000)

  /// The key of an archive.
  private static func key(_ slug: String) -> String { "p/\(slug)/f1/0123456789abcdef/\(slug).tgz" }

  private func object(_ slug: String, at time: Timestamp = time) -> StoredObject {
    StoredObject(key: Self.key(slug), size: 5, lastModified: time)
  }

  private func leftover(_ slug: String) -> Leftover {
    Leftover(key: Self.key(slug), size: 5, writtenAt: Self.time)
  }

  private func mark(_ leftover: Leftover, isDue: Bool) -> LeftoverMark {
    LeftoverMark(leftover: leftover, markedAt: Self.time, isDue: isDue)
  }

  private func plan(
    _ objects: [StoredObject], uploads: [Leftover] = [], named: [String] = [], marks: [LeftoverMark] = []
  ) -> CollectionPlan {
    CollectionPlan(
      objects: objects, uploads: uploads, named: Set(named.map(Self.key)), marks: marks, prefix: "p")
  }

  @Test func whatIsNamedOrNoArchiveIsNoLeftover() {
    let other = StoredObject(key: "p/notes.txt", size: 1, lastModified: Self.time)
    let found = plan([object("a"), object("b"), other], named: ["a"])
    #expect(found.items == [.init(leftover: leftover("b"), verdict: .fresh)])
    #expect(found.archives == 2)
  }

  @Test func aMarkCountsOnlyForWhatItSaw() {
    let marks = [
      mark(leftover("a"), isDue: true), mark(leftover("b"), isDue: false), mark(leftover("c"), isDue: true),
    ]
    let found = plan([object("a"), object("b"), object("c", at: Self.later)], marks: marks)
    #expect(found.items.map(\.verdict) == [.due(marks[0]), .waiting(marks[1]), .fresh])
    #expect(found.due == [marks[0]])
    #expect(found.obsolete.isEmpty)
  }

  @Test func marksOfWhatIsNamedAgainOrGoneAreObsolete() {
    let found = plan(
      [object("a")], named: ["a"], marks: [mark(leftover("a"), isDue: true), mark(leftover("b"), isDue: true)])
    #expect(found.items.isEmpty)
    #expect(found.obsolete == [leftover("a"), leftover("b")])
  }

  @Test func anUploadIsNotTheObjectOfItsKey() {
    let upload = Leftover(key: Self.key("a"), upload: "u1", size: 0, writtenAt: Self.time)
    let found = plan([object("a")], uploads: [upload], named: ["a"], marks: [mark(leftover("a"), isDue: true)])
    #expect(found.items == [.init(leftover: upload, verdict: .fresh)])
    #expect(found.obsolete == [leftover("a")])
  }

  @Test func aStoreWithoutAnyNamedObjectIsAnotherStore() {
    #expect(plan([object("b")], named: ["a"]).mismatch != nil)
    #expect(plan([object("a"), object("b")], named: ["a", "c"]).mismatch == nil)
    #expect(plan([object("b")]).mismatch == nil)
  }

  @Test(arguments: [(1, false), (2, false), (3, true)])
  func saysWhenMostWouldGo(due: Int, takesMost: Bool) {
    let slugs = ["a", "b", "c", "d"]
    let marks = slugs.prefix(due).map { mark(leftover($0), isDue: true) }
    #expect(plan(slugs.map { object($0) }, marks: marks).takesMost == takesMost)
  }
}
