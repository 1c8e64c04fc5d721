import TestSupport
import Testing

@testable import LegacyStore

@Suite("Drafts, with and without names")
struct LegacyDraftTests {
  @Test("they are published or replaced alike, and gone otherwise", arguments: [true, false])
  func drafts(hasName: Bool) throws {
    let folder = try TemporaryDirectory()
    let root = try LegacyFolder.root(folder.path)
    do {
      let draft = try LegacyDraft(in: root, for: "a", hasName: hasName)
      try draft.write([1])
      let names = try FileNames.of(folder.path)
      #expect(hasName ? names.count == 1 && names[0].hasPrefix("a.") && names[0].hasSuffix(".tmp") : names.isEmpty)
    }
    #expect(try FileNames.of(folder.path).isEmpty)
    for (text, isTaken) in [("one", false), ("two", true)] {
      let draft = try LegacyDraft(in: root, for: "a", hasName: hasName)
      try draft.write(Array(text.utf8))
      #expect(try draft.publish(as: "a") != isTaken)
    }
    #expect(try folder.read("a") == "one")
    let draft = try LegacyDraft(in: root, for: "a", hasName: hasName)
    try draft.write(Array("three".utf8))
    try draft.replace("a")
    #expect(try folder.read("a") == "three" && FileNames.of(folder.path) == ["a"])
    let long = String(repeating: "n", count: 250)
    try LegacyDraft(in: root, for: long, hasName: hasName).replace(long)
    #expect(try FileNames.of(folder.path) == ["a", long])
  }
}
