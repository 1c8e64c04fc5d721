import BundleModel
import Glibc
import Testing

@testable import Packager

/// A small archive whose every byte is known.
private enum Probe {
  /// Changes only together with `BundleFingerprint.format`: libarchive or zlib write other bytes than before.
  static let checksum = "706281784fe921d66deab703398099edc09f1655ecb68f19181f05af1de98314"

  static let files: [(name: String, text: String, mode: mode_t)] = [
    ("bin/run", "#!/bin/sh\nexec true\n", 0o700), ("empty", "", 0o644),
    ("Grüße/naïve – 日本語.txt", "content\n", 0o600), ("nfd/cafe\u{301}", "decomposed", 0o644),
    ("nfc/caf\u{E9}", "composed", 0o644), (String(repeating: "long/", count: 40) + "name.txt", "deep", 0o644),
    (String(repeating: "n", count: 180), "wide", 0o644),
  ]

  /// Writes the files and the archive of them; returns the archive's checksum.
  static func write(in scratch: Scratch, reversed: Bool = false) throws -> (checksum: String, path: String) {
    for file in reversed ? files.reversed() : files { scratch.write("in/\(file.name)", file.text, mode: file.mode) }
    let interruption = try Interruption(within: .seconds(60))
    let entries = try FileTree.entries(of: "\(scratch.path)/in", links: .insideOnly, interruption) { _ in false }
    let selected = entries.compactMap { entry -> SelectedFile? in
      guard case .file(let isExecutable, let size) = entry.kind else { return nil }
      return SelectedFile(path: entry.path, isExecutable: isExecutable, size: size)
    }
    let path = "\(scratch.path)/archive.tgz"
    let (checksum, size) = try ArchiveWriter.write(
      selected, from: "\(scratch.path)/in", to: path, limit: 1 << 20, interruption)
    var status = stat()
    guard lstat(path, &status) == 0, Int64(status.st_size) == size else { throw PackagingError(.pod, "wrong size") }
    return (checksum.hex, path)
  }
}

@Suite struct ArchiveWriterTests {
  @Test func bytesArePinned() throws {
    let scratch = Scratch()
    let checksum = try Probe.write(in: scratch).checksum
    #expect(checksum == Probe.checksum)
  }

  @Test func theOrderOfWritingDoesNotMatter() throws {
    let scratch = Scratch()
    #expect(try Probe.write(in: scratch, reversed: true).checksum == Probe.checksum)
  }

  @Test func tarReadsItAndMetadataAreFixed() async throws {
    let scratch = Scratch()
    let archive = try Probe.write(in: scratch).path
    let lines = try await listing(of: archive)
    #expect(lines.count == Probe.files.count)
    for line in lines {
      #expect(line.contains(" 0/0 "), "\(line)")
      #expect(line.contains(" 2020-01-01 00:00 "), "\(line)")
      #expect(line.hasPrefix(line.hasSuffix(" bin/run") ? "-rwxr-xr-x " : "-rw-r--r-- "), "\(line)")
    }
    let wanted = Probe.files.map(\.name).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let found = try await names(in: archive)
    #expect(zip(found, wanted).allSatisfy { $0.utf8.elementsEqual($1.utf8) }, "\(found)")
  }

  /// Each in a process of its own, since all three belong to the whole process.
  @Test(arguments: [
    ["C.UTF-8", "0", "Pacific/Kiritimati"], ["C", "63", "America/New_York"], ["POSIX", "511", "UTC-13:37"],
  ])
  func localeUmaskAndTimeZoneDoNotMatter(setting: [String]) async {
    await #expect(processExitsWith: .success) { [setting] in
      guard setlocale(LC_ALL, setting[0]) != nil else { exit(2) }
      umask(mode_t(setting[1]) ?? 0)
      setenv("TZ", setting[2], 1)
      tzset()
      let scratch = Scratch()
      let written = try Probe.write(in: scratch)
      FileTree.remove(scratch.path)  // exit runs no deinit
      exit(written.checksum == Probe.checksum ? 0 : 1)
    }
  }

  @Test func theSizeIsLimited() throws {
    let scratch = Scratch()
    var generator = SystemRandomNumberGenerator()
    scratch.write("in/noise", bytes: (0..<2 << 20).map { _ in UInt8.random(in: 0...255, using: &generator) })
    let file = SelectedFile(path: .component("noise"), isExecutable: false, size: 2 << 20)
    let error = #expect(throws: PackagingError.self) {
      try ArchiveWriter.write(
        [file], from: "\(scratch.path)/in", to: "\(scratch.path)/a.tgz", limit: 1 << 20,
        Interruption(within: .seconds(60)))
    }
    #expect(error?.message == "the archive is larger than 1048576 bytes; leave files out of it")
  }

  @Test(arguments: [3, 5])
  func aFileThatChangedIsAnError(announced: Int64) throws {
    let scratch = Scratch()
    scratch.write("in/a", "1234")
    let file = SelectedFile(path: .component("a"), isExecutable: false, size: announced)
    let error = #expect(throws: PackagingError.self) {
      try ArchiveWriter.write(
        [file], from: "\(scratch.path)/in", to: "\(scratch.path)/a.tgz", limit: 1 << 20,
        Interruption(within: .seconds(60)))
    }
    #expect(error?.message.hasPrefix("a changed while it was archived") == true)
  }

  @Test func cancellationAndDeadlineEndIt() throws {
    let scratch = Scratch()
    scratch.write("in/a", "1234")
    let file = SelectedFile(path: .component("a"), isExecutable: false, size: 4)
    let cancelled = try Interruption(within: .seconds(60))
    cancelled.cancel()
    let first = #expect(throws: PackagingError.self) {
      try ArchiveWriter.write([file], from: "\(scratch.path)/in", to: "\(scratch.path)/a", limit: 1, cancelled)
    }
    #expect(first?.errorClass == .cancelled)
    let late = try Interruption(within: .zero)
    let second = #expect(throws: PackagingError.self) {
      try ArchiveWriter.write([file], from: "\(scratch.path)/in", to: "\(scratch.path)/b", limit: 1, late)
    }
    #expect(second?.errorClass == .timeout)
  }
}
