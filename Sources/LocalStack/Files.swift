internal import Glibc
internal import ProcessControl

/// A small file as text, nil when it cannot be read. Invalid UTF-8 is repaired.
func readText(_ path: String, limit: Int) -> String? {
  readBytes(path, limit: limit).map { String(decoding: $0, as: UTF8.self) }
}

/// At most `limit` bytes of a file, nil when it cannot be read.
func readBytes(_ path: String, limit: Int, fromEnd: Bool = false) -> [UInt8]? {
  let file = open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { return nil }
  defer { close(file) }
  if fromEnd {
    let size = lseek(file, 0, SEEK_END)
    lseek(file, max(0, size - limit), SEEK_SET)
  }
  var bytes = [UInt8](repeating: 0, count: limit)
  var count = 0
  while count < limit {
    let got = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress! + count, limit - count) }
    if got < 0 && errno == EINTR { continue }
    if got <= 0 { break }
    count += got
  }
  bytes.removeLast(limit - count)
  return bytes
}

/// Writes a whole file, new or emptied, readable by its owner only.
package func writeText(_ text: String, to path: String, append: Bool = false) throws(LocalStackError) {
  let flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | (append ? O_APPEND : O_TRUNC)
  let file = open(path, flags, 0o600)
  guard file >= 0 else { throw .system("cannot write \(path)", errno) }
  defer { close(file) }
  let bytes = Array(text.utf8)
  var sent = 0
  while sent < bytes.count {
    let count = bytes.withUnsafeBytes { write(file, $0.baseAddress! + sent, bytes.count - sent) }
    if count < 0 && errno == EINTR { continue }
    guard count > 0 else { throw .system("cannot write \(path)", errno) }
    sent += count
  }
}

/// The last lines of a log, from an offset on, as one line for an error message. Empty when there are none.
func tail(ofLog path: String, from offset: Int = 0, lines: Int = 6) -> String {
  guard let bytes = readBytes(path, limit: min(8192, max(0, size(of: path) - offset)), fromEnd: true) else {
    return ""
  }
  return String(decoding: bytes, as: UTF8.self).split(separator: "\n").suffix(lines).joined(separator: " | ")
}

/// Removes a directory and all below it, never following a symbolic link. What is already gone is no error.
package func removeTree(_ path: String) throws(LocalStackError) {
  var info = stat()
  guard lstat(path, &info) == 0 else {
    if errno == ENOENT { return }
    throw .system("cannot look at \(path)", errno)
  }
  guard info.st_mode & S_IFMT == S_IFDIR else {
    if unlink(path) != 0 && errno != ENOENT { throw .system("cannot remove \(path)", errno) }
    return
  }
  for name in entries(of: path) { try removeTree(path + "/" + name) }
  if rmdir(path) != 0 && errno != ENOENT { throw .system("cannot remove \(path)", errno) }
}

/// The names in a directory, without `.` and `..`; none when it cannot be read.
func entries(of path: String) -> [String] {
  guard let directory = DirectoryReader.open(path) else { return [] }
  var names: [String] = []
  while let name = directory.next() { names.append(String(decoding: name, as: UTF8.self)) }
  return names
}

/// The size of a file in bytes, 0 when there is none.
func size(of path: String) -> Int {
  var info = stat()
  return stat(path, &info) == 0 ? Int(info.st_size) : 0
}
