internal import BundleModel
internal import Terminal

/// The text of the detail pane, line by line.
struct DetailLines {
  private(set) var lines: [StyledLine] = []
  private let width: Int

  init(_ content: BundleDetail, width: Int, canvas: inout Canvas) {
    self.width = max(1, width)
    let attempts = content.attempts.sorted { ($0.startedAt, $0.number) > ($1.startedAt, $1.number) }
    addTitle(content, canvas)
    addRun(content, attempts.first)
    addStages(attempts.first, &canvas)
    addError(content.status)
    addArtifact(content, &canvas)
    addAttempts(attempts, &canvas)
    addOutput(attempts.first { $0.tail?.nonBlank != nil })
    addTimes(content.status, &canvas)
  }

  private mutating func addTitle(_ content: BundleDetail, _ canvas: Canvas) {
    let status = content.status
    let glyph = status.state.glyph(canvas.glyphs)
    let version = status.version.map { " " + UntrustedText.line($0, limit: 40) } ?? ""
    addWrapped(status.slug.text, .strong)
    let cached = status.cached == true && status.state == .completed ? " from the cache" : ""
    lines.append(
      StyledLine([("\(glyph) \(status.state.rawValue)", .state(status.state)), (cached + version, .plain)]))
  }

  private mutating func addRun(_ content: BundleDetail, _ latest: Attempt?) {
    let status = content.status
    var words: [String] = []
    if let number = status.attempt ?? latest?.number {
      words.append("attempt \(number)" + (content.maxAttempts.map { " of \($0)" } ?? ""))
    }
    if let pod = status.pod ?? latest?.pod { words.append(UntrustedText.line(pod, limit: 80)) }
    if !words.isEmpty { addWrapped(words.joined(separator: " · "), .plain) }
    // Short, whatever its writer thought: stages and error must stay in sight.
    if let message = status.message?.nonBlank { addField("message", UntrustedText.line(message, limit: 240)) }
    if let total = status.bytesTotal, total > 0, status.state == .running {
      addField("uploaded", "\(HumanText.size(status.bytesDone ?? 0)) of \(HumanText.size(total))")
    }
  }

  private mutating func addStages(_ attempt: Attempt?, _ canvas: inout Canvas) {
    guard let attempt else { return }
    let timings = StageDuration.all(of: attempt, now: canvas.clock.now)
    guard !timings.isEmpty else { return }
    addHeading("stages of attempt \(attempt.number)")
    let longest = max(1, timings.map(\.microseconds).max() ?? 1)
    let room = width >= 40 ? 10 : 0
    for timing in timings {
      let name = UntrustedText.line(timing.stage.shortName)
      let padded = name + String(repeating: " ", count: max(1, 12 - name.count))
      let share = Int(Double(timing.microseconds) / Double(longest) * Double(room))
      var bar = String(repeating: canvas.glyphs.filled, count: min(room, max(0, share)))
      bar += String(repeating: " ", count: room - bar.count)
      let span: String
      if timing.isRunning {
        span = canvas.age(timing.startedAt, isSpaced: true) + " so far"
      } else {
        span = HumanText.duration(.microseconds(timing.microseconds))
      }
      lines.append(
        StyledLine([
          (padded, .plain), (room > 0 ? bar + " " : "", .state(timing.isRunning ? .running : .queued)),
          (span, .plain),
        ]))
    }
  }

  private mutating func addError(_ status: BundleStatus) {
    guard let error = status.error?.nonBlank else { return }
    addHeading("error", .trouble)
    for line in Wrapping.lines(UntrustedText.block(error), width: width) { lines.append(StyledLine(line)) }
  }

  private mutating func addArtifact(_ content: BundleDetail, _ canvas: inout Canvas) {
    let current = content.status.artifact
    guard let artifact = current ?? content.lastArtifact else { return }
    addHeading(current == nil ? "last good archive" : "archive")
    var words: [String] = []
    if let version = artifact.version { words.append(version) }
    if let size = artifact.size {
      words.append("\(HumanText.size(size)) (\(Formats.count(Int(clamping: size))) bytes)")
    }
    words.append("stored \(canvas.time(artifact.uploadedAt))")
    addWrapped(words.joined(separator: " · "), .plain)
    addField("sha256", artifact.checksum)
    if let verified = artifact.verifiedAt, let verification = artifact.verification {
      let role: Role = verification.isBad ? .trouble : .plain
      addField("verified", "\(verification.rawValue), \(canvas.time(verified))", role)
      if verification.isBad, let damage = content.damage?.nonBlank { addField("found", damage, role) }
    }
    if let filename = artifact.filename { addField("file", filename) }
    addField("key", artifact.storageKey)
    if let url = artifact.storageURL { addField("url", url) }
  }

  private mutating func addAttempts(_ attempts: [Attempt], _ canvas: inout Canvas) {
    guard !attempts.isEmpty else { return }
    addHeading("attempts")
    for attempt in attempts.prefix(100) {
      let outcome = attempt.outcome?.rawValue ?? "running"
      let span = attempt.endedAt.map { " · " + HumanText.duration($0.since(attempt.startedAt)) } ?? ""
      addWrapped(
        "\(attempt.number) · \(attempt.pod) · \(outcome)\(span) · \(canvas.time(attempt.startedAt))",
        attempt.outcome == .failed || attempt.outcome == .lost ? .state(.failed) : .plain)
      guard let error = attempt.error?.nonBlank else { continue }
      let kind = attempt.errorClass.map { "\($0.rawValue): " } ?? ""
      let first = UntrustedText.line(error.split(separator: "\n").first ?? "", limit: 400)
      for line in Wrapping.lines(kind + first, width: width - 2) { lines.append(StyledLine("  " + line, .dim)) }
    }
    if attempts.count > 100 { addWrapped("and \(attempts.count - 100) earlier ones", .dim) }
  }

  /// The end of what the programs of an attempt printed.
  private mutating func addOutput(_ attempt: Attempt?) {
    guard let attempt, let tail = attempt.tail?.nonBlank else { return }
    addHeading("output of attempt \(attempt.number), its end")
    let lines = UntrustedText.block(tail).split(separator: "\n", omittingEmptySubsequences: false)
    for line in lines.suffix(40) {
      for part in Wrapping.lines(String(line), width: width) { self.lines.append(StyledLine(part, .dim)) }
    }
  }

  private mutating func addTimes(_ status: BundleStatus, _ canvas: inout Canvas) {
    addHeading("row")
    addField("job", status.jobID ?? "none")
    addField("inputs", status.fingerprint.text)
    addField("created", canvas.time(status.createdAt))
    addField("updated", canvas.time(status.updatedAt))
    if let completed = status.completedAt { addField("completed", canvas.time(completed)) }
  }

  private mutating func addHeading(_ words: String, _ role: Role = .strong) {
    lines.append(StyledLine())
    lines.append(StyledLine(words, role))
  }

  private mutating func addWrapped(_ text: String, _ role: Role) {
    for line in Wrapping.lines(UntrustedText.line(text), width: width) { lines.append(StyledLine(line, role)) }
  }

  /// A name and its value; the value goes on below itself where there is room.
  private mutating func addField(_ name: String, _ value: String, _ role: Role = .plain) {
    let indent = width >= 40 ? 10 : 2
    let head = name + String(repeating: " ", count: max(1, indent - name.count))
    let clean = UntrustedText.line(value)
    if indent == 2 {
      lines.append(StyledLine(name, .dim))
      for line in Wrapping.lines(clean, width: width - 2) { lines.append(StyledLine("  " + line, role)) }
      return
    }
    for (number, line) in Wrapping.lines(clean, width: width - indent).enumerated() {
      lines.append(
        StyledLine([(number == 0 ? head : String(repeating: " ", count: indent), .dim), (line, role)]))
    }
  }
}
