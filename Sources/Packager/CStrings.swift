internal import Glibc

/// C strings with NULL behind the last, as execve(2) takes them; freed with the object.
final class CStrings {
  let list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  private let count: Int

  init(_ texts: [String]) {
    count = texts.count
    list = .allocate(capacity: texts.count + 1)
    for (index, text) in texts.enumerated() { list[index] = strdup(text) }
    list[texts.count] = nil
  }

  deinit {
    for index in 0..<count { free(list[index]) }
    list.deallocate()
  }

  /// The same for functions that promise to change nothing.
  var constant: UnsafePointer<UnsafePointer<CChar>?> {
    UnsafeRawPointer(list).assumingMemoryBound(to: UnsafePointer<CChar>?.self)
  }

  /// The first, or NULL.
  var first: UnsafePointer<CChar>? { list[0].map { UnsafePointer($0) } }
}
