internal import Glibc

/// Files as tests look at them.
package enum TestFile {
  /// The whole text of a file. Invalid UTF-8 is repaired.
  package static func read(_ path: String) throws -> String {
    String(decoding: try bytes(of: path), as: UTF8.self)
  }

  /// All bytes of a file.
  package static func bytes(of path: String) throws -> [UInt8] {
    guard let file = fopen(path, "re") else { throw TestSupportError("cannot read \(path)") }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
    return bytes
  }

  /// Writes over bytes in the middle of a file, which keeps its length.
  package static func overwrite(_ path: String, at offset: Int, with bytes: [UInt8]) throws {
    guard let file = fopen(path, "r+e") else { throw TestSupportError("cannot write \(path)") }
    fseek(file, offset, SEEK_SET)
    let count = fwrite(bytes, 1, bytes.count, file)
    guard fclose(file) == 0, count == bytes.count else { throw TestSupportError("cannot write \(path)") }
  }

  /// Whether there is anything at this path, a dangling link included.
  package static func exists(_ path: String) -> Bool {
    var info = stat()
    return lstat(path, &info) == 0
  }
}
