import BundleModel
internal import Hashing

/// The tokens of a scenario, of which pods learn only the hashes.
struct PodTokens: Sendable {
  /// May read; known to pods as `reader`.
  let reader = PodTokens.random()
  /// May read and write; known to pods as `writer`.
  let writer = PodTokens.random()

  /// The lines of a pod's `--token-file`.
  var file: String {
    """
    # Tokens of one test.
    reader read \(Self.hash(reader))
    writer read,write \(Self.hash(writer))

    """
  }

  private static func random() -> Secret<String> {
    Secret("test-" + (0..<16).map { _ in String(UInt8.random(in: 16...255), radix: 16) }.joined())
  }

  private static func hash(_ token: Secret<String>) -> String {
    let hash = SHA256()
    token.reveal().withRawBytes { hash.update($0) }
    return hash.finishChecksum().hex
  }
}
