internal import BundleModel
internal import BundleStore
internal import LegacyStore
internal import ProcessControl

/// One pass over a directory that is cleaned. Blocks on the file system.
struct CleanWork {
  let source: MigrationSource
  let proved: [String: ProvedFile]
  let apply: Bool
  let cancelled: CancelFlag
  let observer: MigrationObserver

  func run() throws -> CleanReport {
    var report = CleanReport(source: source.id, path: source.directory.path)
    report.isApplied = apply
    var progress = MigrationProgress(apply ? "removing" : "looking", total: proved.count)
    // Archives first: whatever ends this, a status that is still there can be verified.
    for file in proved.values.sorted(by: { $0.path < $1.path }) where file.kind == .archive {
      try checkCancelled()
      try archive(file, &report)
      progress.done += 1
      progress.bytes = report.bytes
      observer(progress)
    }
    var map: (members: [String], file: LegacyFile)?
    try source.directory.read { item in
      try checkCancelled()
      switch item {
      case .entry(let entry) where entry.file.isMember:
        var file = entry.file
        file.path = LegacyFile.map
        map = ((map?.members ?? []) + [entry.file.path], file)
      case .entry(let entry):
        guard let known = proved[entry.file.path] else {
          return report.keep(entry.file.path, "it was not proved; run `bundletop migrate verify`")
        }
        try settle(CleanDecision.verdict(known, found: entry.file), entry.file, .status, &report)
      case .defect(let defect):
        if defect.path.hasPrefix(LegacyFile.map + "#") {
          // Of a member nothing is kept but its name: that it is there keeps the whole map.
          map?.members.append(defect.path)
        }
        report.keep(defect.path, "\(defect.kind.rawValue): \(defect.reason)")
      }
      progress.done += 1
      observer(progress)
    }
    if let map { try clean(map: map.members, map.file, &report) }
    for path in try source.directory.archivePaths() where proved[path] == nil {
      report.keep(path, "no status of this directory names it, or its bytes are not those that were taken")
    }
    if apply { try source.directory.removeEmptyFolders() }
    report.kept.sort { ($0.path, $0.reason) < ($1.path, $1.reason) }
    return report
  }

  private func archive(_ file: ProvedFile, _ report: inout CleanReport) throws {
    let place = LegacyArchive(path: file.path, size: file.size, modifiedAt: file.modifiedAt, place: 1)
    let found: LegacyFile
    do throws(LegacyError) {
      let open = try source.directory.open(place)
      found = place.file(try open.checksum())
    } catch {
      if error.kind != .missing { report.keep(file.path, error.message) }
      return
    }
    try settle(CleanDecision.verdict(file, found: found), found, .archive, &report)
  }

  private func clean(map members: [String], _ file: LegacyFile, _ report: inout CleanReport) throws {
    let known = proved.values.filter { $0.path.hasPrefix(LegacyFile.map + "#") && members.contains($0.path) }
    try settle(CleanDecision.verdict(map: Array(known), members: members, found: file), file, .status, &report)
  }

  private func settle(
    _ verdict: CleanDecision.Verdict, _ file: LegacyFile, _ kind: JournalEntry.Kind, _ report: inout CleanReport
  ) throws {
    switch verdict {
    case .gone: return
    case .keep(let reason): report.keep(file.path, reason)
    case .remove:
      if apply, try !source.directory.remove(file) {
        return report.keep(file.path, "it changed while it was looked at")
      }
      if kind == .status { report.statuses += 1 } else { report.archives += 1 }
      report.bytes += file.size
    }
  }

  private func checkCancelled() throws {
    if cancelled.isSet { throw CancellationError() }
  }
}

extension CleanReport {
  fileprivate mutating func keep(_ path: String, _ reason: String) {
    kept.append(Kept(path: path, reason: UntrustedText.line(reason, limit: 500)))
  }
}
