import BundleModel
import S3
import Testing

@testable import bundletop

/// The rules of the s3 commands that no server of ours can provoke.
@Suite struct DownloadPlanTests {
  private func place(_ keys: [String], prefix: String = "p/") -> [String] {
    var plan = DownloadPlan(prefix: prefix)
    return keys.map { key in
      do throws(DownloadPlan.Refusal) {
        return try plan.place(key: prefix + key, size: 1)?.path ?? "-"
      } catch {
        return "refused"
      }
    }
  }

  @Test(arguments: [
    "../x", "a/../../x", "..", ".", "a/./b", "/etc/x", "a//b", "a/", "", "a\0b", "x/..",
    String(repeating: "n", count: 256), "/",
  ])
  func whatWouldLeaveTheFolderIsRefused(key: String) { #expect(place([key]) == ["refused"]) }

  @Test func whatOnlyLooksLikeItIsNot() {
    let keys = ["...", "..a", "a..", "\\..\\x", "a/.b", "%2e%2e/x", "e\u{301}", "\u{e9}"]
    #expect(place(keys).map { Array($0.utf8) } == keys.map { Array($0.utf8) })
  }

  @Test func whatTakesAnothersPlaceIsRefused() {
    #expect(place(["a", "a-", "a/b", "c/d", "c"]) == ["a", "a-", "refused", "c/d", "refused"])
    #expect(place(["a", "a"]) == ["a", "refused"])
    // To Swift the first slash and its mark are one character.
    #expect(place(["../\u{301}x", "..\u{301}/x"]).first == "refused")
  }

  @Test func aMarkOfAFolderIsNoFile() throws {
    var plan = DownloadPlan(prefix: "p/")
    #expect(try plan.place(key: "p/", size: 0) == nil)
    #expect(try plan.place(key: "p/a/", size: 0) == nil)
    #expect(try plan.place(key: "p/a/b", size: 0)?.path == "a/b")
  }

  @Test func anAddressIsCutByBytes() throws {
    #expect(try S3Location("s3://b/\u{301}k") == S3Location(bucket: "b", key: "\u{301}k"))
    #expect(try S3Location("s3://b//k%2F") == S3Location(bucket: "b", key: "/k%2F"))
    #expect(try S3Location("s3://b").key == "")
    for text in ["b/k", "S3://b/k", "s3:/b/k", "s3:///k", "s3://", "s3://b/" + String(repeating: "k", count: 1025)]
    {
      #expect(throws: CommandFailure.self) { try S3Location(text) }
    }
  }

  @Test func anUploadIsStrayWhenItIsOldOrItsObjectIsNewer() {
    func at(_ second: Int64) -> Timestamp { Timestamp(microseconds: second * 1_000_000) }
    func verdict(begun: Int64?, object: Int64?, age: Int64 = 900) -> StorageSweep.Verdict {
      StorageSweep.verdict(
        S3Upload(key: "k", uploadID: "u", initiated: begun.map(at)), object: object.map(at), now: at(10_000),
        olderThan: .seconds(age))
    }
    #expect(verdict(begun: 9_999, object: nil) == .running)
    #expect(verdict(begun: 9_999, object: nil, age: 0) == .old)
    #expect(verdict(begun: 9_100, object: nil) == .old)
    #expect(verdict(begun: 9_101, object: nil) == .running)
    #expect(verdict(begun: 9_990, object: 9_995) == .superseded)
    #expect(verdict(begun: 9_995, object: 9_990) == .running, "a newer upload over an older object")
    #expect(verdict(begun: nil, object: 9_990) == .running, "without a time nothing is certain")
  }

  @Test(arguments: [("0s", 0), ("90s", 90), ("15m", 900), ("24h", 86_400), ("2d", 172_800), ("7", 7)])
  func anAgeHasAUnit(text: String, seconds: Int64) { #expect(Age.seconds(text) == seconds) }

  @Test(arguments: ["", "s", "-1s", "1w", "1.5h", "1h ", "9999999999s"])
  func whatIsNoAge(text: String) { #expect(Age.seconds(text) == nil) }

  @Test func aListingIsFoldedAtTheNextSlash() {
    var groups = KeyGroups(prefix: "p/x", recursive: false)
    let keys = ["p/x", "p/x/a", "p/x/b/c", "p/xy", "p/xz/1"]
    var names = keys.compactMap { key in
      groups.take(S3ListedObject(key: key, size: 2, etag: "", lastModified: nil)).map {
        "\($0.name) \($0.objects) \($0.size)"
      }
    }
    if let last = groups.end() { names.append("\(last.name) \(last.objects) \(last.size)") }
    #expect(names == ["x 1 2", "x/ 2 4", "xy 1 2", "xz/ 1 2"])
  }

  @Test(arguments: [20, 40, 60, 80, 200])
  func aProgressLineFitsItsTerminal(columns: Int) {
    for label in ["", "big.bin", String(repeating: "\u{754C}", count: 50), "a\u{1B}[2Jb\nc"] {
      for (done, total) in [(Int64(0), nil), (5, 10), (10, 10), (Int64.max / 200, Int64.max / 100)]
        as [(Int64, Int64?)]
      {
        let line = TransferLine.text(label: label, done: done, total: total, rate: 1e6, columns: columns)
        #expect(line.unicodeScalars.count < columns && !line.unicodeScalars.contains { $0.value < 32 }, "\(line)")
      }
    }
  }
}
