internal import BundleModel

/// A put into a directory.
struct LocalPut: Sendable {
  let source: String
  let key: LocalKey
  let content: LocalFile.Content
  /// The key is taken from other bytes, which are kept beside it.
  let keepsOthersAside: Bool
  let progress: (@Sendable (_ bytes: Int64) -> Void)?

  /// Nil when the folder vanished meanwhile.
  func run(_ directory: LocalDirectory, _ heart: Heartbeat) throws(StorageError) -> PutOutcome? {
    let shown = directory.shown(key)
    if let parent = try directory.open(key.folders), let outcome = try existing(in: parent, shown, heart) {
      return outcome
    }
    guard let parent = try directory.open(key.folders, creating: true),
      var draft = try LocalDraft(in: parent, for: key.name, shown: shown)
    else { return nil }
    var written: Int64 = 0
    let copied = try LocalFile(source).read(heart) { piece throws(StorageError) in
      try draft.write(piece)
      written += Int64(piece.count)
      progress?(written)
    }
    guard copied == content else {
      throw StorageError(
        .integrity,
        "\(source) has \(copied.size) bytes with the SHA-256 \(copied.checksum), expected \(content.size) with \(content.checksum)"
      )
    }
    if keepsOthersAside {
      if let other = try other(in: parent, shown, heart) {
        try draft.keepAside(key.name, as: "\(key.name).superseded-\(other.checksum.hex.prefix(16))")
      }
      try draft.replace(key.name)
      return .created
    }
    if try draft.publish(as: key.name) { return .created }
    guard let outcome = try existing(in: parent, shown, heart) else {
      throw StorageError(.file, "\(shown) appeared and vanished while it was written")
    }
    return outcome
  }

  /// What to answer when the key's file is there already; nil when there is none, or it shall be kept aside.
  private func existing(
    in parent: borrowing DirectoryHandle, _ shown: String, _ heart: Heartbeat
  ) throws(StorageError) -> PutOutcome? {
    // Borrowed: it stays open until this returns.
    let file = LocalFile(in: parent, name: key.name, shown: shown)
    guard let size = try file.size() else { return nil }
    if size == content.size, try file.hash(heart) == content { return .identical }
    if keepsOthersAside { return nil }
    throw StorageError(.conflict, "\(shown) holds other bytes already; nothing was written")
  }

  /// What the key's file holds, when it is there.
  private func other(
    in parent: borrowing DirectoryHandle, _ shown: String, _ heart: Heartbeat
  ) throws(StorageError) -> LocalFile.Content? {
    let file = LocalFile(in: parent, name: key.name, shown: shown)
    guard try file.size() != nil else { return nil }
    return try file.hash(heart)
  }
}
