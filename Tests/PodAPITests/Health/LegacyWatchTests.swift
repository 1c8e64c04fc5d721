import BundleModel
import BundleStore
import LegacyStore
import Synchronization
import TestSupport
import Testing

@testable import PodAPI

@Suite("What is left of the old store", .timeLimit(.minutes(1)))
struct LegacyWatchTests {
  private static func scan(_ count: Int, unreadable: Int = 0, archives: Bool = false) -> LegacyScan {
    var scan = LegacyScan()
    scan.entries = (0..<count).map {
      StatusOnDisk(
        slug: Slug("s\($0)")!, updatedAt: nil, path: "status/s\($0).json", modifiedAt: .init(microseconds: 0))
    }
    scan.unreadable = unreadable
    scan.hasArchives = archives
    return scan
  }

  @Test(
    "not migrated and leftovers are told apart",
    arguments: [
      (scan(0), 0, nil), (scan(3), 1, "not migrated: 2 "), (scan(3), 3, "migrated, leftovers: 3 status files of"),
      (scan(2, archives: true), 2, "migrated, leftovers: 2 status files and archives of"),
      (scan(0, archives: true), 0, "migrated, leftovers: archives of"),
      (scan(1, unreadable: 2), 1, "not migrated: 2 "),
    ] as [(LegacyScan, Int, String?)])
  func told(scan: LegacyScan, known: Int, message: String?) async {
    let watch = LegacyWatch(scan: { scan }, countKnown: { _ in known })
    let check = await watch.look().check
    #expect(check.status == (message == nil ? .pass : .warn))
    #expect((check.message ?? "").hasPrefix(message ?? ""), "\(check)")
    #expect(check.message == nil || message != nil)
  }

  @Test("it never throws: an unreadable folder and a database that is away are warnings")
  func problems() async {
    var unreadable = LegacyScan()
    unreadable.isReadable = false
    let folder = LegacyWatch(scan: { [unreadable] in unreadable }, countKnown: { _ in 0 })
    #expect(await folder.look().problem == .folder)
    #expect(await folder.look().check.status == .warn)
    let database = LegacyWatch(scan: { Self.scan(1) }, countKnown: { _ in throw StoreError(.unavailable, "x") })
    #expect(await database.look().problem == .database)
    #expect(await database.look().check.status == .warn)
    let nothing = LegacyWatch(scan: { nil }, countKnown: { _ in 0 })
    #expect(await nothing.look().check.status == .pass)
  }

  @Test("the disk is looked at every 30 s at most")
  func seldom() async {
    let scans = Mutex(0)
    let moment = Mutex(ContinuousClock.now)
    let watch = LegacyWatch(
      scan: {
        scans.withLock { $0 += 1 }
        return nil
      }, now: { moment.withLock { $0 } }, countKnown: { _ in 0 })
    for _ in 0..<10 {
      _ = await watch.look()
      moment.withLock { $0 += .milliseconds(2999) }
    }
    #expect(scans.withLock { $0 } == 1)
    moment.withLock { $0 += .seconds(1) }
    _ = await watch.look()
    #expect(scans.withLock { $0 } == 2)
  }

  @Test(
    "files that are written are not left over, and in mode filesystem they are the store",
    arguments: [
      (PersistenceMode.filesystem, 3, 0, nil), (.filesystem, 3, 3, nil), (.dual, 3, 1, "not migrated: 2 "),
      (.dual, 3, 3, nil), (.database, 3, 3, "migrated, leftovers: 3 status files"), (.database, 0, 0, nil),
    ] as [(PersistenceMode, Int, Int, String?)])
  func modes(mode: PersistenceMode, files: Int, known: Int, expected: String?) async {
    let watch = LegacyWatch(
      mode: mode, scan: { Self.scan(files, archives: files > 0) }, countKnown: { _ in known })
    let check = await watch.look().check
    #expect(check.status == (expected == nil ? .pass : .warn))
    if let expected { #expect(check.message?.hasPrefix(expected) == true, "\(check.message ?? "")") }
    let unreadable = LegacyWatch(
      mode: mode,
      scan: {
        var scan = LegacyScan()
        scan.isReadable = false
        return scan
      }, countKnown: { _ in 0 })
    #expect(await unreadable.look().check.status == .warn)
  }
}
