internal import BundleModel
internal import CArchive
internal import Glibc
internal import Hashing

/// Writes a `.tgz` whose bytes depend on names, contents and executable bits alone.
///
/// GNU tar format, because libarchive writes its names as bytes under every locale; sorted; every time is
/// 2020-01-01T00:00:00Z; no owner; no time in the gzip header.
struct ArchiveWriter {
  /// 2020-01-01T00:00:00Z, AppHub's, in seconds since 1970.
  static let modified: Int64 = 1_577_836_800
  /// Another level means another `BundleFingerprint.format`.
  static let level: Int32 = 6

  private let writer: OpaquePointer
  private let file: FileDescriptor

  /// Writes an archive to a new file; blocks.
  ///
  /// - Parameters:
  ///   - files: sorted by the caller, as `Selection` gives them.
  ///   - limit: bytes of the archive; more is an error (class bundle).
  ///   - progress: what part of the content is written, 0...1.
  /// - Returns: the file's checksum, read back from it, and its size in bytes.
  static func write(
    _ files: [SelectedFile], from directory: String, to path: String, limit: Int64, _ interruption: Interruption,
    progress: (Double) -> Void = { _ in }
  ) throws(PackagingError) -> (checksum: Checksum, size: Int64) {
    let file = try FileDescriptor.creating(path)
    guard let handle = carchive_writer_new(file.number, level, modified) else {
      throw PackagingError(.pod, "libarchive has no memory left")
    }
    defer { carchive_writer_free(handle) }
    let writer = ArchiveWriter(writer: handle, file: file)
    let total = files.reduce(into: Int64(0)) { $0 += $1.size }
    var done: Int64 = 0
    for entry in files {
      try writer.add(entry, from: directory, limit: limit, interruption) { count in
        done += count
        if total > 0 { progress(min(1, Double(done) / Double(total))) }
      }
    }
    guard carchive_writer_finish(handle) == 0 else { throw writer.failure("end") }
    let size = try writer.size(limit: limit)
    let hash = SHA256()
    guard lseek(file.number, 0, SEEK_SET) == 0 else { throw .system("cannot read back", path, errno: errno) }
    try file.forEachChunk(interruption) { (bytes) throws(PackagingError) in hash.update(bytes) }
    return (hash.finishChecksum(), size)
  }

  private func add(
    _ entry: SelectedFile, from directory: String, limit: Int64, _ interruption: Interruption,
    wrote: (Int64) -> Void
  ) throws(PackagingError) {
    let source = try FileDescriptor.reading("\(directory)/\(entry.path)")
    guard carchive_writer_begin(writer, entry.path.text, entry.size, entry.isExecutable ? 1 : 0) == 0 else {
      throw failure("begin \(entry.path)")
    }
    var written: Int64 = 0
    try source.forEachChunk(interruption) { (bytes) throws(PackagingError) in
      written += Int64(bytes.count)
      guard written <= entry.size else { throw changed(entry) }
      guard carchive_writer_append(writer, bytes.baseAddress, bytes.count) == 0 else {
        throw failure("write \(entry.path)")
      }
      _ = try size(limit: limit)
      wrote(Int64(bytes.count))
    }
    guard written == entry.size else { throw changed(entry) }
  }

  private func changed(_ entry: SelectedFile) -> PackagingError {
    PackagingError(.bundle, "\(entry.path) changed while it was archived; nothing may write after the build")
  }

  private func size(limit: Int64) throws(PackagingError) -> Int64 {
    var status = stat()
    guard fstat(file.number, &status) == 0 else { throw .system("cannot look at", file.path, errno: errno) }
    guard status.st_size <= limit else {
      throw PackagingError(.bundle, "the archive is larger than \(limit) bytes; leave files out of it")
    }
    return Int64(status.st_size)
  }

  private func failure(_ what: String) -> PackagingError {
    PackagingError(.pod, "cannot \(what) in the archive: \(String(cString: carchive_writer_error(writer)))")
  }
}
