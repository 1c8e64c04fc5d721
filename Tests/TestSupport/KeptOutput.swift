internal import Glibc
internal import LocalStack

/// What our programs said to a test, kept for the search for secrets at the end of the run.
enum KeptOutput {
  /// Commands whose purpose is to print a signed link: only what they say on standard error is kept.
  private static let signing: Set<String> = ["sign", "presign"]

  /// Notes what a program printed, if it is one of ours or runs one.
  static func note(_ words: [String], _ output: String, _ errors: String) {
    guard let program = words.lastIndex(where: { $0.hasSuffix("/bundletop") || $0.hasSuffix("/bundlepod") }),
      let path = KeptLogs.file(for: words[program])
    else { return }
    let isSigning = words[program...].contains { signing.contains($0) }
    // Without the arguments: some tests hand in a password to see it refused.
    let text = (isSigning ? "" : output) + errors
    guard let file = fopen(path, "we") else { return }
    fwrite(text, 1, text.utf8.count, file)
    fclose(file)
  }
}
