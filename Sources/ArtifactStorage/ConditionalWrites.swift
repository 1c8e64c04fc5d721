internal import S3
import Synchronization

/// Puts that must not overwrite (`If-None-Match: *`), where the server can do that.
///
/// Nothing rests on it: a key of ours names its bytes, and before a put a HEAD is compared. It closes the gap between
/// that HEAD and the put for AppHub's keys. So no request is spent on finding out what a server does: each put says
/// the condition, and a server that refuses the very header is remembered and spared it from then on. One that
/// ignores it cannot be told from one that obeys, which changes nothing here; `doctor storage` tells.
final class ConditionalWrites: Sendable {
  private let isRefused = Atomic(false)

  /// Puts with the condition unless this server is known to refuse the header; then without.
  ///
  /// - Throws: `.preconditionFailed` when the key is taken.
  func put(_ upload: (PutCondition) async throws(S3Error) -> Void) async throws(S3Error) {
    guard !isRefused.load(ordering: .relaxed) else { return try await upload(.none) }
    do throws(S3Error) {
      try await upload(.ifAbsent)
    } catch {
      guard ConditionalWrites.refuses(error) else { throw error }
      try await upload(.none)
      isRefused.store(true, ordering: .relaxed)
    }
  }

  /// 501, or 400 with the code of it: the answers of servers that do not know the header.
  private static func refuses(_ error: S3Error) -> Bool { error.status == 501 || error.code == "NotImplemented" }
}
