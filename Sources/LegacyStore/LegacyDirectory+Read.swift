package import BundleModel
internal import Hashing

extension LegacyDirectory {
  /// Calls `body` with each status file by its name, then with each member of the older `status.json`; of the
  /// statuses themselves nothing is kept. Blocks on the file system.
  ///
  /// Where names differ only by case or blanks, the newest counts and the others are defects. A slug may come twice:
  /// from its own file, which counts, and from the map.
  ///
  /// - Throws: `LegacyError` when the directory, or its folder of statuses, cannot be read; what `body` throws.
  package func read(_ body: (LegacyItem) throws -> Void) throws {
    let root = try LegacyFolder.root(path)
    switch try root.look(LegacyName.statuses) {
    case nil: break
    case .file?: try body(.defect(LegacyDirectory.notAFolder("a file")))
    case .other(let kind)? where kind != .folder: try body(.defect(LegacyDirectory.notAFolder(kind.words)))
    case .other?:
      if let folder = try root.folder(LegacyName.statuses) { try LegacyStatusFiles(folder).read(folder, body) }
    }
    try LegacyStatusMap.read(root, body)
  }

  /// The status file of one slug; nil when there is none, or when no file can have its name. Blocks.
  package func entry(slug: Slug) throws(LegacyError) -> LegacyItem? {
    guard let name = LegacyName.status(of: slug),
      let folder = try LegacyFolder.open(path, [LegacyName.statuses])
    else { return nil }
    return LegacyStatusFiles.item(Array(name.utf8), in: folder)
  }

  private static func notAFolder(_ what: String) -> LegacyDefect {
    LegacyDefect(
      path: LegacyName.statuses, kind: .notRegular, reason: "it is \(what), not a folder: nothing below it is read")
  }
}

/// The folder of status files.
struct LegacyStatusFiles {
  private let names: [[UInt8]]
  /// Names that share a slug.
  private var rivals: [Slug: [[UInt8]]] = [:]

  init(_ folder: borrowing LegacyFolder) throws(LegacyError) {
    names = try folder.names().filter(LegacyName.isStatus)
    // AppHub writes only normalised names: nearly never is there anything to keep here.
    for name in names where !LegacyStatusFiles.isNormal(name) {
      guard let slug = LegacyStatusFiles.slug(name) else { continue }
      rivals[slug, default: []].append(name)
    }
    for name in names where LegacyStatusFiles.isNormal(name) {
      guard !rivals.isEmpty, let slug = LegacyStatusFiles.slug(name) else { continue }
      rivals[slug]?.append(name)
    }
    rivals = rivals.filter { $0.value.count > 1 }
  }

  func read(_ folder: borrowing LegacyFolder, _ body: (LegacyItem) throws -> Void) throws {
    var decided: Set<Slug> = []
    for name in names {
      if !rivals.isEmpty, let slug = LegacyStatusFiles.slug(name), let all = rivals[slug] {
        guard decided.insert(slug).inserted else { continue }
        let items = all.compactMap { LegacyStatusFiles.item($0, in: folder) }
        for item in LegacyRivals.decide(items) { try body(item) }
      } else if let item = LegacyStatusFiles.item(name, in: folder) {
        try body(item)
      }
    }
  }

  /// One status file; nil when it has gone.
  static func item(_ name: [UInt8], in folder: borrowing LegacyFolder) -> LegacyItem? {
    let path = "\(LegacyName.statuses)/\(LegacyName.shown(name))"
    guard let text = String(validating: name, as: UTF8.self) else {
      return .defect(LegacyDefect(path: path, kind: .unsafeName, reason: "its name is not UTF-8"))
    }
    guard let slug = slug(name) else {
      return .defect(LegacyDefect(path: path, kind: .unsafeName, reason: "its name says no slug"))
    }
    do throws(LegacyFlaw) {
      guard let content = try LegacyContent.read(text, in: folder, limit: LegacyContent.largestStatus) else {
        return nil
      }
      let reading = try LegacyReading(content.bytes, .file(slug))
      let file = LegacyFile(
        path: path, size: content.stamp.size, modifiedAt: content.stamp.modifiedAt, checksum: content.checksum)
      return .entry(LegacyEntry(file: file, status: reading.status, notes: reading.notes))
    } catch {
      return .defect(LegacyDefect(path: path, slug: slug, kind: error.kind, reason: error.reason))
    }
  }

  private static func slug(_ name: [UInt8]) -> Slug? {
    String(validating: name.dropLast(5), as: UTF8.self).flatMap { Slug($0) }
  }

  private static func isNormal(_ name: [UInt8]) -> Bool {
    slug(name)?.text.utf8.elementsEqual(name.dropLast(5)) ?? true
  }
}

/// The older map.
enum LegacyStatusMap {
  static func read(_ root: borrowing LegacyFolder, _ body: (LegacyItem) throws -> Void) throws {
    let name = LegacyName.map
    let file: LegacyFile
    let map: LegacyMap
    do throws(LegacyFlaw) {
      guard let content = try LegacyContent.read(name, in: root, limit: LegacyContent.largestMap) else { return }
      file = LegacyFile(
        path: name, size: content.stamp.size, modifiedAt: content.stamp.modifiedAt, checksum: content.checksum)
      map = try LegacyMap(content.bytes)
    } catch {
      return try body(.defect(LegacyDefect(path: name, kind: error.kind, reason: error.reason)))
    }
    // Names by their bytes: Swift takes two spellings of an accent for one.
    var count: [[UInt8]: Int] = [:]
    var slugs: [Slug: [Int]] = [:]
    for (index, member) in map.members.enumerated() {
      count[Array(member.key.utf8), default: 0] += 1
      if let reading = try? LegacyReading(map.text(member), .member) {
        slugs[reading.status.slug, default: []].append(index)
      }
    }
    slugs = slugs.filter { $0.value.count > 1 }
    var decided: Set<Slug> = []
    for member in map.members {
      let item = item(member, of: map, file, isTwice: count[Array(member.key.utf8), default: 0] > 1)
      if case .entry(let entry) = item, let all = slugs[entry.status.slug] {
        guard decided.insert(entry.status.slug).inserted else { continue }
        let items = all.map { index in
          let member = map.members[index]
          return self.item(member, of: map, file, isTwice: count[Array(member.key.utf8), default: 0] > 1)
        }
        for item in LegacyRivals.decide(items) { try body(item) }
      } else {
        try body(item)
      }
    }
  }

  private static func item(
    _ member: LegacyMap.Member, of map: LegacyMap, _ file: LegacyFile, isTwice: Bool
  ) -> LegacyItem {
    var file = file
    file.path = "\(file.path)#\(LegacyName.shown(Array(member.key.utf8)))"
    do throws(LegacyFlaw) {
      guard !isTwice else { throw LegacyFlaw(.duplicateKey, "the map has this name twice") }
      guard member.value.count <= LegacyContent.largestStatus else {
        throw LegacyFlaw(
          .tooLarge, "it has \(member.value.count) bytes, at most \(LegacyContent.largestStatus) are read")
      }
      let reading = try LegacyReading(map.text(member), .member)
      return .entry(LegacyEntry(file: file, status: reading.status, notes: reading.notes))
    } catch {
      return .defect(LegacyDefect(path: file.path, slug: Slug(member.key), kind: error.kind, reason: error.reason))
    }
  }
}

/// Statuses of one slug in one place.
private enum LegacyRivals {
  /// The newest stays an entry, of equals the one that is completed, then the first; the other ones are defects.
  static func decide(_ items: [LegacyItem]) -> [LegacyItem] {
    let entries = items.compactMap { item in if case .entry(let entry) = item { entry } else { nil } }
    let winner = entries.max { a, b in
      (a.status.updatedAt, rank(a), b.file.path) < (b.status.updatedAt, rank(b), a.file.path)
    }
    guard let winner else { return items }
    return items.map { item in
      guard case .entry(let entry) = item, entry.file.path != winner.file.path else { return item }
      return .defect(
        LegacyDefect(
          path: entry.file.path, slug: entry.status.slug, kind: .collision,
          reason: "\(winner.file.path) has the same slug and counts: it is not older"))
    }
  }

  private static func rank(_ entry: LegacyEntry) -> Int { entry.status.state == .completed ? 1 : 0 }
}
