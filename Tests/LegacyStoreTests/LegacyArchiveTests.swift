import BundleModel
import Glibc
import Hashing
import LegacyStore
import TestSupport
import Testing

@Suite("Archives in AppHub's places")
struct LegacyArchiveTests {
  private let fixture: LegacyFixture
  private var directory: LegacyDirectory { fixture.directory }

  init() throws { fixture = try LegacyFixture() }

  private func status(
    _ slug: String = "wave", _ fingerprint: String = "F1", filename: String? = "wave-1.tgz", version: String? = nil
  ) throws -> LegacyStatus {
    LegacyStatus(
      slug: try #require(Slug(slug)), fingerprint: try #require(Fingerprint(fingerprint)), stage: .completed,
      createdAt: Timestamp(microseconds: 0), updatedAt: Timestamp(microseconds: 0), version: version,
      filename: filename)
  }

  private func place(_ search: LegacyArchiveSearch) -> String {
    switch search {
    case .found(let archive): "\(archive.place) \(archive.path) \(archive.size)"
    case .missing: "missing"
    case .unsafe: "unsafe"
    case .unreadable: "unreadable"
    }
  }

  @Test("the first of the five places that has it")
  func places() throws {
    let status = try status()
    #expect(directory.archive(of: status) == .missing)
    let places = [
      "wave-1.tgz", "wave/wave-1.tgz", "wave/F1/wave-1.tgz", "artifacts/wave/wave-1.tgz",
      "artifacts/wave/F1/wave-1.tgz",
    ]
    for (index, path) in places.enumerated() {
      try fixture.write(String(repeating: "x", count: index + 1), to: path)
      #expect(place(directory.archive(of: status)) == "\(5 - index) \(path) \(index + 1)")
    }
  }

  @Test("names as AppHub's store made them of slug, fingerprint and file")
  func spellings() throws {
    try fixture.write("a", to: "artifacts/my-wave/f1/wave-1.tgz")
    #expect(
      place(directory.archive(of: try status("my wave", filename: "Wave 1.TGZ"))).hasPrefix("1 artifacts/my-wave"))
    try fixture.write("b", to: "artifacts/wave/f1/wave-f1.tgz")
    #expect(place(directory.archive(of: try status(filename: nil))) == "1 artifacts/wave/f1/wave-f1.tgz 1")
    try fixture.write("c", to: "artifacts/kite/f1/kite-2.0.tgz")
    #expect(
      place(directory.archive(of: try status("kite", filename: nil, version: "2.0")))
        == "1 artifacts/kite/f1/kite-2.0.tgz 1")
    #expect(directory.archive(of: try status("kite", filename: nil)) == .missing)
  }

  @Test(
    "names that lead elsewhere are refused, not looked for",
    arguments: [
      ("wave", "F1", "../../../../etc/passwd"), ("wave", "F1", "/etc/passwd"), ("wave", "F1", ".."),
      ("wave", "F1", "."), ("wave", "F1", "a/b.tgz"), ("wave", "F1", "x\u{0}.tgz"), ("wave", "F1", "../secret"),
      ("wave", "..", "secret"), ("wave", "../..", "x.tgz"), ("..", "F1", "secret"), ("../..", "F1", "passwd"),
      ("wave", "F1", String(repeating: "a", count: 256)), ("wave", "/etc", "passwd"),
    ])
  func refused(slug: String, fingerprint: String, filename: String) throws {
    try fixture.folder.write("secret", to: "secret")
    try fixture.write("secret", to: "secret")
    guard case .unsafe(let reason) = directory.archive(of: try status(slug, fingerprint, filename: filename)) else {
      throw TestSupportError("\(directory.archive(of: try status(slug, fingerprint, filename: filename)))")
    }
    #expect(UntrustedText.line(reason) == reason)
  }

  @Test("statuses, our marker and folders are no archives, whatever a status says")
  func notArchives() throws {
    try fixture.write("{}", to: "status.json")
    try fixture.write("{}", to: "status/a.json")
    try directory.establishSourceID("here")
    try fixture.folder.makeFolder("old/artifacts/wave/F1/wave-1.tgz")
    #expect(directory.archive(of: try status(filename: "status.json")) == .missing)
    #expect(directory.archive(of: try status(filename: ".bundletop-source")) == .missing)
    #expect(directory.archive(of: try status("status", filename: "a.json")) == .missing)
    #expect(directory.archive(of: try status()) == .missing)
    #expect(directory.archive(of: try status(filename: "artifacts")) == .missing)
  }

  @Test(
    "a link, a pipe or a device in the place is refused and not opened; the next place is not tried",
    arguments: ["file", "fingerprint", "slug", "artifacts", "pipe", "socket"])
  func planted(_ what: String) throws {
    let path = directory.path
    try fixture.folder.write("secret", to: "out/wave/F1/wave-1.tgz")
    try fixture.write("x", to: "wave-1.tgz")
    let out = fixture.folder.path + "/out"
    switch what {
    case "artifacts": #expect(symlink(out, path + "/artifacts") == 0)
    case "slug":
      try fixture.folder.makeFolder("old/artifacts")
      #expect(symlink(out + "/wave", path + "/artifacts/wave") == 0)
    case "fingerprint":
      try fixture.folder.makeFolder("old/artifacts/wave")
      #expect(symlink(out + "/wave/F1", path + "/artifacts/wave/F1") == 0)
    case "pipe":
      try fixture.folder.makeFolder("old/artifacts/wave/F1")
      #expect(mkfifo(path + "/artifacts/wave/F1/wave-1.tgz", 0o600) == 0)
    case "socket":
      try fixture.folder.makeFolder("old/artifacts/wave/F1")
      #expect(mknod(path + "/artifacts/wave/F1/wave-1.tgz", S_IFSOCK | 0o600, 0) == 0)
    default:
      try fixture.folder.makeFolder("old/artifacts/wave/F1")
      #expect(symlink(out + "/wave/F1/wave-1.tgz", path + "/artifacts/wave/F1/wave-1.tgz") == 0)
    }
    var watched = [out, out + "/wave", out + "/wave/F1", out + "/wave/F1/wave-1.tgz"]
    if what == "pipe" { watched.append(path + "/artifacts/wave/F1/wave-1.tgz") }
    let seen = try Opened(watching: watched)
    #expect(place(directory.archive(of: try status())) == "unsafe")
    let forged = LegacyArchive(
      path: "artifacts/wave/F1/wave-1.tgz", size: 6, modifiedAt: Timestamp(microseconds: 0), place: 1)
    #expect(throws: LegacyError.self) { _ = try directory.open(forged) }
    #expect(try seen.count() == 0)
  }

  @Test("the watch that proves it sees an opening")
  func watchSees() throws {
    let secret = try fixture.folder.write("secret", to: "secret")
    let seen = try Opened(watching: [secret])
    _ = try TestFile.read(secret)
    #expect(try seen.count() > 0)
  }

  @Test("an archive that is open is the one that was found, and says its checksum")
  func opening() throws {
    let path = try fixture.write("archive", to: "artifacts/wave/F1/wave-1.tgz")
    guard case .found(let found) = directory.archive(of: try status()) else { throw TestSupportError("not found") }
    let expected = Checksum(digest: SHA256.digest(of: "archive"))
    do {
      let open = try directory.open(found)
      #expect(open.size == 7 && open.modifiedAt == found.modifiedAt && open.descriptor > 2)
      var told: [Int64] = []
      #expect(try open.checksum { count throws(LegacyError) in told.append(count) } == expected)
      #expect(told == [7])
      #expect(try TestFile.read(open.path) == "archive")
      // Whatever takes its name now: what is open stays what it was.
      try fixture.write("another", to: "artifacts/wave/F1/new")
      #expect(rename(path.replacing("wave-1.tgz", with: "new"), path) == 0)
      #expect(try TestFile.read(open.path) == "archive" && open.checksum() == expected)
    }
    let changed = #expect(throws: LegacyError.self) { _ = try directory.open(found) }
    #expect(changed?.kind == .changed)
    #expect(unlink(path) == 0)
    let gone = #expect(throws: LegacyError.self) { _ = try directory.open(found) }
    #expect(gone?.kind == .missing)
  }

  @Test("bytes that change under the reading are noticed, also where their number stays", arguments: [true, false])
  func changing(isCut: Bool) throws {
    let path = try fixture.write("archive", to: "artifacts/wave/F1/wave-1.tgz")
    var times = [timeval(tv_sec: 1_600_000_000, tv_usec: 0), timeval(tv_sec: 1_600_000_000, tv_usec: 0)]
    #expect(utimes(path, &times) == 0)
    guard case .found(let found) = directory.archive(of: try status()) else { throw TestSupportError("not found") }
    let open = try directory.open(found)
    if isCut {
      #expect(truncate(path, 3) == 0)
    } else {
      try TestFile.overwrite(path, at: 2, with: [0x21])
    }
    do throws(LegacyError) {
      _ = try open.checksum()
      Issue.record("not noticed")
    } catch { #expect(error.kind == .changed) }
  }

  @Test(
    "no path that somebody made up leads out of the directory",
    arguments: [
      "../secret", "/etc/passwd", "artifacts/../../secret", "", ".", "a//b", "a/\u{0}", "a/b/c/d/e/f/g/h/i",
    ])
  func madeUp(_ path: String) throws {
    try fixture.folder.write("secret", to: "secret")
    let forged = LegacyArchive(path: path, size: 6, modifiedAt: Timestamp(microseconds: 0), place: 1)
    let error = #expect(throws: LegacyError.self) { _ = try directory.open(forged) }
    #expect(error?.kind == .invalid)
  }
}

/// Counts how often files and folders are opened by anybody.
private final class Opened {
  private let descriptor: CInt

  init(watching paths: [String]) throws {
    descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
    guard descriptor >= 0 else { throw TestSupportError("cannot watch files") }
    for path in paths {
      guard inotify_add_watch(descriptor, path, UInt32(IN_OPEN)) >= 0 else {
        throw TestSupportError("cannot watch \(path)")
      }
    }
  }

  deinit { close(descriptor) }

  /// Bytes of events since last time; none: nothing was opened.
  func count() throws -> Int {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = read(descriptor, &buffer, buffer.count)
    guard count >= 0 || errno == EAGAIN else { throw TestSupportError("cannot read the watch") }
    return max(0, count)
  }
}
