internal import BundleModel

extension LegacyDirectory {
  /// Looks for the archive of a completed status in AppHub's places, the first that has it. Opens no file. Blocks.
  package func archive(of status: LegacyStatus) -> LegacyArchiveSearch {
    let names: LegacyArchiveNames
    switch LegacyArchiveNames.of(status) {
    case .failure(let flaw): return .unsafe(flaw.reason)
    case .success(let safe): names = safe
    }
    do throws(LegacyError) {
      for (place, chain) in names.places {
        guard let name = chain.last, let folder = try LegacyFolder.open(path, chain.dropLast()) else { continue }
        let below = chain.joined(separator: "/")
        switch try folder.look(name) {
        case nil, .other(.folder)?: continue
        case .other(let kind)?: return .unsafe(UntrustedText.line("\(below) is \(kind.words)", limit: 1000))
        case .file(let stamp)?:
          return .found(
            LegacyArchive(path: below, size: stamp.size, modifiedAt: stamp.modifiedAt, place: place))
        }
      }
      return .missing
    } catch {
      return error.kind == .unsafe ? .unsafe(error.message) : .unreadable(error.message)
    }
  }

  /// Opens what was found. Blocks.
  ///
  /// - Throws: `.missing`; `.changed` when size or time are not what was found; `.unsafe` for what is no file.
  package func open(_ archive: LegacyArchive) throws(LegacyError) -> OpenLegacyArchive {
    let chain = try LegacyDirectory.chain(archive.path)
    guard let name = chain.last, let folder = try LegacyFolder.open(path, chain.dropLast()),
      let handle = try folder.file(name)
    else { throw LegacyError(.missing, "there is no \(archive.path) any more") }
    let stamp = try handle.stamp()
    guard stamp.size == archive.size, stamp.modifiedAt == archive.modifiedAt else {
      throw LegacyError(.changed, "\(archive.path) is not what was found: its size or time differ")
    }
    return OpenLegacyArchive(handle, stamp)
  }

  /// The parts of a path below the directory; `.invalid` when it leads elsewhere.
  static func chain(_ path: String) throws(LegacyError) -> [String] {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.allSatisfy(LegacyName.isSafe), parts.count <= 8 else {
      throw LegacyError(.invalid, "'\(UntrustedText.line(path, limit: 200))' is no path below the legacy directory")
    }
    return parts
  }
}

/// What an archive may be called.
struct LegacyArchiveNames {
  /// AppHub's places, from 1, and the names on the way.
  let places: [(Int, [String])]

  /// The names as the status has them, and as AppHub's store made files of them.
  static func of(_ status: LegacyStatus) -> Result<LegacyArchiveNames, LegacyFlaw> {
    let slug = status.slug.text
    let fingerprint = status.fingerprint.text
    for (what, name) in [("slug", slug), ("fingerprint", fingerprint), ("filename", status.filename ?? "x")]
    where !LegacyName.isSafe(name) {
      return .failure(LegacyFlaw(.unsafeName, "the \(what) '\(name)' is no name of a file: it is not looked for"))
    }
    let kept = ArchiveName.filename(status.filename, slug: status.slug, fingerprint: status.fingerprint)
    var files = [status.filename, kept].compactMap { $0 }
    if status.filename == nil, let version = status.version {
      files.append(
        ArchiveName.filename("\(slug)-\(version).tgz", slug: status.slug, fingerprint: status.fingerprint))
    }
    let spellings = [
      (slug, fingerprint),
      (ArchiveName.segment(slug, fallback: "bundle"), ArchiveName.segment(fingerprint, fallback: "fingerprint")),
    ]
    var places: [(Int, [String])] = []
    for place in 1...5 {
      for (slug, fingerprint) in spellings {
        for file in files {
          let chain: [String]
          switch place {
          case 1: chain = [LegacyName.archives, slug, fingerprint, file]
          case 2: chain = [LegacyName.archives, slug, file]
          case 3: chain = [slug, fingerprint, file]
          case 4: chain = [slug, file]
          default: chain = [file]
          }
          // Statuses and our marker are no archives, whatever a status says.
          guard ![LegacyName.statuses, LegacyName.map, LegacyName.source].contains(chain[0]) else { continue }
          if !places.contains(where: { $0.1 == chain }) { places.append((place, chain)) }
        }
      }
    }
    return .success(LegacyArchiveNames(places: places))
  }
}
