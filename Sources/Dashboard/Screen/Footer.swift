internal import BundleModel
internal import Terminal

/// The last line: a question, the filter being typed, what just happened, or the keys.
extension DashboardState {
  func drawFooter(_ canvas: inout Canvas, _ layout: ScreenLayout) {
    guard let row = layout.footer else { return }
    if let notice, canvas.clock.now < notice.until, mode != .question || notice.kind != .information {
      drawNotice(notice, &canvas, row)
    } else if mode == .question, let question {
      drawQuestion(question, &canvas, row)
    } else if mode == .filter, let edit = filterEdit {
      drawFilter(edit, &canvas, row)
    } else {
      drawKeys(&canvas, row)
    }
  }

  private func drawNotice(_ notice: Notice, _ canvas: inout Canvas, _ row: Int) {
    canvas.changes(at: notice.until)
    let role: Role =
      switch notice.kind {
      case .information: .strong
      case .refusal: .warning
      case .failure: .trouble
      }
    let mark = notice.kind == .failure ? "\(canvas.glyphs.failure) " : ""
    canvas.write(mark + canvas.text(notice.phrase), row: row, column: 0, role: role)
  }

  private func drawQuestion(_ question: Question, _ canvas: inout Canvas, _ row: Int) {
    let keys = Bindings.of(.question, in: view).filter { $0.isInFooter && $0.disabledReason(self) == nil }
    let names = keys.map { "\($0.keys[0].label(unicode: canvas.capabilities.unicode)) \($0.title)" }
    // What will happen and how to say yes or no outlive the rest, the rarer way out goes first.
    let answers = [names.joined(separator: " · "), names.prefix(2).joined(separator: " · "), "y/n"]
    let phrases = [canvas.text(phrase(question)), canvas.text(shortPhrase(question))]
    let width = canvas.frame.size.columns
    let pairs = [(0, 0), (0, 1), (1, 0), (1, 1), (1, 2)]
    let pair = pairs.first { pair in
      canvas.columns(of: phrases[pair.0]) + 2 + canvas.columns(of: answers[pair.1]) <= width
    }
    let (words, options) = (phrases[pair?.0 ?? 1], answers[pair?.1 ?? 2])
    let room = max(0, width - canvas.columns(of: options) - 1)
    canvas.write(words, row: row, column: 0, width: room, role: .warning)
    canvas.write(options, row: row, column: max(0, width - canvas.columns(of: options)), role: .strong)
  }

  private func shortPhrase(_ question: Question) -> Phrase {
    let slug = UntrustedText.line(question.slug.text, limit: 60)
    return question.isForced ? "Rebuild \(slug)?" : "Retry \(slug)? attempt \((question.seen.attempt ?? 0) + 1)"
  }

  /// The question, saying what will happen.
  private func phrase(_ question: Question) -> Phrase {
    let slug = UntrustedText.line(question.slug.text, limit: 60)
    let inputs = UntrustedText.line(question.seen.fingerprint.text.prefix(6))
    if question.isForced {
      switch question.seen.state {
      case .running: return "Rebuild \(slug)? it runs now; the rebuild starts when that has ended"
      case .queued: return "Rebuild \(slug)? it is queued; it will be built even when the cache has it"
      case .completed, .failed: return "Rebuild \(slug)? even when the cache has it (fingerprint \(inputs)…)"
      }
    }
    let attempt = (question.seen.attempt ?? 0) + 1
    let failedAt = bundles.row(of: question.slug)?.since
    let age: Phrase = failedAt.map { ", last error \(age: $0) ago" } ?? ""
    return "Retry \(slug)? attempt \(attempt), same inputs (fingerprint \(inputs)…)\(phrase: age)"
  }

  private func drawFilter(_ edit: String, _ canvas: inout Canvas, _ row: Int) {
    let extent = view.content.extent(of: self)
    let count = "\(Formats.count(extent.visible)) of \(Formats.count(extent.total))"
    let width = canvas.frame.size.columns
    let keys = width >= 60 ? "  Enter keep · Esc clear" : ""
    let right = count + keys
    let rightColumns = canvas.columns(of: right)
    let room = max(1, width - rightColumns - 2)
    // The end of the text is what is being typed: when it is too long, its beginning goes.
    var text = "/" + UntrustedText.line(edit)
    while canvas.columns(of: text) > room && text.count > 1 { text.removeFirst() }
    let used = canvas.write(text, row: row, column: 0, width: room, role: .strong)
    canvas.putCursor(row: row, column: min(used, max(0, width - 1)))
    if width > rightColumns + used { canvas.write(right, row: row, column: width - rightColumns, role: .dim) }
  }

  private func drawKeys(_ canvas: inout Canvas, _ row: Int) {
    let shown = Bindings.of(mode, in: view).filter {
      $0.isInFooter && !($0.isDangerous && configuration.isReadOnly)
    }
    let labels = shown.map { "\($0.keys[0].label(unicode: canvas.capabilities.unicode)) \($0.title)" }
    // Help and quit keep their place at any width; the others fill what is left.
    let isKept = shown.map { [.help, .quit].contains($0.action) }
    let reserved = zip(labels, isKept).filter(\.1).reduce(0) { $0 + canvas.columns(of: $1.0) + 2 }
    let width = canvas.frame.size.columns
    var column = 0
    for (place, binding) in shown.enumerated() {
      let needed = canvas.columns(of: labels[place])
      guard isKept[place] || column + needed + reserved <= width else { continue }
      guard column < width else { return }
      let isEnabled = binding.disabledReason(self) == nil
      canvas.write(labels[place], row: row, column: column, role: isEnabled ? .plain : .dim)
      let key = canvas.columns(of: binding.keys[0].label(unicode: canvas.capabilities.unicode))
      if isEnabled { canvas.restyle(row: row, column: column, columns: key) { $0.attributes.insert(.bold) } }
      column += needed + 2
    }
  }
}
