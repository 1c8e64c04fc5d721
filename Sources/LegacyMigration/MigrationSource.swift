internal import BundleModel
internal import Glibc
package import LegacyStore
internal import ProcessControl

/// One directory that moves, and the name by which the database knows it.
package struct MigrationSource: Equatable, Sendable {
  /// Given with `--source`, or by the directory's marker file; else its path, until `established` gives it one.
  package var id: String
  package var directory: LegacyDirectory
  /// Whether the id is one, and not the path in its stead.
  package var hasID: Bool

  package init(id: String, directory: LegacyDirectory, hasID: Bool = true) {
    self.id = id
    self.directory = directory
    self.hasID = hasID
  }

  /// Opens the directories that a person named. Blocks on the file system; writes nothing.
  ///
  /// - Parameters:
  ///   - paths: in the order in which they decide between equals.
  ///   - names: the id of each, in the same order; empty when their marker files shall tell.
  package static func open(_ paths: [String], names: [String] = []) throws(MigrationError) -> [MigrationSource] {
    guard names.isEmpty || names.count == paths.count else {
      throw MigrationError(
        .usage, "\(names.count) --source for \(paths.count) --legacy-dir: name each directory, in the same order")
    }
    var sources: [MigrationSource] = []
    var places: [FolderIdentity] = []
    for (index, path) in paths.enumerated() {
      let place = try FolderIdentity(path)
      if let other = places.firstIndex(of: place) {
        throw MigrationError(.usage, "\(path) is the same folder as \(paths[other]): name it once")
      }
      places.append(place)
      let source = try open(path, name: names.isEmpty ? nil : names[index])
      if let other = sources.first(where: { $0.id == source.id }) {
        throw MigrationError(
          .usage,
          "\(path) has the same id as \(other.directory.path), \(source.id): if one is a copy of the other, name "
            + "only one, or give both a --source")
      }
      sources.append(source)
    }
    if !names.isEmpty { try refuseSwapped(sources) }
    return sources
  }

  private static func open(_ path: String, name: String?) throws(MigrationError) -> MigrationSource {
    let directory = LegacyDirectory(path: path)
    if let name {
      guard LegacyDirectory.isSourceID(name) else {
        throw MigrationError(
          .usage, "--source takes 1 to 64 of a-z, A-Z, 0-9, '.', '_' and '-', not '\(UntrustedText.line(name))'")
      }
      return MigrationSource(id: name, directory: directory)
    }
    do throws(LegacyError) {
      if let id = try directory.sourceID() { return MigrationSource(id: id, directory: directory) }
    } catch {
      throw MigrationError(error)
    }
    return MigrationSource(id: path, directory: directory, hasID: false)
  }

  /// A copy may get another name than its marker file says, but not that of another directory beside it: then the
  /// names are in another order than the directories.
  private static func refuseSwapped(_ sources: [MigrationSource]) throws(MigrationError) {
    for source in sources {
      guard let marker = try? source.directory.sourceID(), marker != source.id,
        let other = sources.first(where: { $0.id == marker })
      else { continue }
      throw MigrationError(
        .usage,
        "\(source.directory.path) says that it is \(marker), which --source gives to \(other.directory.path): name "
          + "both in the same order")
    }
  }

  /// The same with an id, made and kept in the directory's marker file when it has none. Blocks.
  package func established() throws(MigrationError) -> MigrationSource {
    guard !hasID else { return self }
    let id = "dir-" + String(UInt64.random(in: .min ... .max), radix: 36)
    do throws(LegacyError) {
      try directory.establishSourceID(id)
    } catch {
      // Somebody else was quicker: then that is its id.
      if error.kind == .conflict, let known = try? directory.sourceID() {
        return MigrationSource(id: known, directory: directory)
      }
      throw MigrationError(
        .failed, "\(error.message); a directory that is only read gets its name with --source NAME")
    }
    return MigrationSource(id: id, directory: directory)
  }
}

/// What tells one folder from another, whatever it is called.
private struct FolderIdentity: Equatable {
  let device: UInt
  let inode: UInt

  init(_ path: String) throws(MigrationError) {
    var facts = stat()
    guard stat(path, &facts) == 0 else {
      throw MigrationError(.usage, "cannot open the legacy directory \(path): \(systemReason(errno))")
    }
    guard facts.st_mode & S_IFMT == S_IFDIR else { throw MigrationError(.usage, "\(path) is no directory") }
    (device, inode) = (UInt(facts.st_dev), UInt(facts.st_ino))
  }
}
