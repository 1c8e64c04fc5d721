internal import CTerminal
import Glibc

/// The body of the screen's thread.
struct ScreenLoop {
  private let mailbox: ScreenMailbox
  private let events: AsyncStream<TerminalEvent>.Continuation
  private let capabilities: Capabilities
  private let logPath: String?
  private var decoder = InputDecoder()
  /// What the screen shows; nil when that is not known.
  private var painted: Frame?
  private var isTerminalGone = false
  private var emptyReads = 0
  private var resumedAt: timespec?

  /// A loop for the screen that this process has just opened.
  init(
    mailbox: ScreenMailbox, events: AsyncStream<TerminalEvent>.Continuation, capabilities: Capabilities,
    logPath: String?
  ) {
    self.mailbox = mailbox
    self.events = events
    self.capabilities = capabilities
    self.logPath = logPath
  }

  /// Works until the screen is closed, then gives the terminal back.
  mutating func run() {
    while true {
      let orders = mailbox.take()
      obey(orders)
      if orders.close {
        finish(orders.closers)
        return
      }
      // Half a sequence gets the time of a slow line; a paste may stall for longer.
      let seen = terminal_wait(!decoder.isPartial ? -1 : decoder.isPasting ? 1000 : 100)
      while case let signal = terminal_next_signal(), signal != 0 { handle(signal: signal) }
      if seen & Int32(TERMINAL_HANGUP) != 0 { loseTerminal() }
      if seen & Int32(TERMINAL_INPUT) != 0 { readAll() }
      if seen == 0 && decoder.isPartial { emit(decoder.pause()) }
    }
  }

  private mutating func obey(_ orders: ScreenMailbox.Orders) {
    if let isMouseWanted = orders.isMouseWanted { terminal_mouse(isMouseWanted ? 1 : 0) }
    if orders.repaint {
      terminal_repaint()
      terminal_refresh()
    }
    if let frame = orders.frame { paint(frame) }
    for write in orders.writes {
      let failure = write.bytes.withUnsafeBytes { terminal_write($0.baseAddress, $0.count) }
      write.done.resume(returning: failure == 0)
    }
    if orders.suspend { suspend() }
  }

  /// A frame equal to the last one costs no byte.
  private mutating func paint(_ frame: Frame) {
    let size = mailbox.size
    if painted?.size != frame.size {
      terminal_erase()
      painted = nil
    }
    let changes = FrameChanges(from: painted, to: frame, clip: size)
    if let painted, changes.runs.isEmpty, painted == frame { return }
    for run in changes.runs {
      var column = run.column
      for cell in run.cells {
        put(cell, row: run.row, column: column)
        column += cell.columns
      }
    }
    if let cursor = frame.cursor, (0..<size.rows).contains(cursor.row), (0..<size.columns).contains(cursor.column) {
      terminal_cursor(Int32(cursor.row), Int32(cursor.column))
    } else {
      terminal_cursor(-1, 0)
    }
    terminal_refresh()
    painted = frame
  }

  private func put(_ cell: FrameChanges.PaintedCell, row: Int, column: Int) {
    // In another encoding than UTF-8 our bytes could even be control codes.
    let isDrawable = capabilities.unicode || cell.text.utf8.allSatisfy { $0 < 0x80 }
    let style = cell.style
    terminal_put(
      Int32(row), Int32(column), isDrawable ? cell.text : "?", Int32(cell.columns),
      Self.index(style.foreground.reduced(to: capabilities.colors)),
      Self.index(style.background.reduced(to: capabilities.colors)), Int32(style.attributes.rawValue))
  }

  private static func index(_ color: Color) -> Int32 {
    switch color {
    case .terminal: -1
    case .ansi(let index), .indexed(let index): Int32(index)
    }
  }

  private mutating func readAll() {
    var value: Int32 = 0
    emptyReads += 1
    while case let kind = Int(terminal_read(&value)), kind != TERMINAL_NOTHING {
      emptyReads = 0
      guard let unit = InputUnit(kind: kind, value: Int(value)) else { continue }
      emit(decoder.feed(unit))
    }
    // A terminal that says it has input and never gives any (reading fails with EIO) would burn a processor.
    if emptyReads > 100 { loseTerminal() }
    // curses has already waited for what might follow an Escape.
    if decoder.isHoldingEscape { emit(decoder.pause()) }
  }

  private func emit(_ found: [TerminalEvent]) {
    for event in found { events.yield(event) }
  }

  private mutating func handle(signal: Int32) {
    switch signal {
    case SIGWINCH: followSize()
    case SIGTSTP: suspend()
    case SIGCONT:
      // Our own stop has already been undone when its SIGCONT is read.
      if let resumedAt, Self.milliseconds(since: resumedAt) < 500 { return }
      terminal_resume()
      resumed()
    default: events.yield(.terminated(signal: signal))
    }
  }

  private mutating func suspend() {
    terminal_suspend()
    resumed()
  }

  private mutating func resumed() {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    resumedAt = now
    followSize()
    events.yield(.resumed)
  }

  private mutating func followSize() {
    guard terminal_follow_size() == 1 else { return }
    var (rows, columns): (Int32, Int32) = (0, 0)
    terminal_size(&rows, &columns)
    mailbox.size = Size(columns: Int(columns), rows: Int(rows))
    painted = nil
    events.yield(.resize(mailbox.size))
  }

  /// Never to be polled again: it would report the same for ever.
  private mutating func loseTerminal() {
    terminal_ignore_input()
    if !isTerminalGone { events.yield(.terminated(signal: SIGHUP)) }
    isTerminalGone = true
  }

  private func finish(_ closers: [CheckedContinuation<Void, Never>]) {
    let logged = terminal_close()
    if let logPath {
      if logged > 0 {
        let line = "The messages of this run are in \(logPath)\n"
        _ = line.utf8.withContiguousStorageIfAvailable { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
      } else {
        unlink(logPath)
      }
    }
    let late = mailbox.close()
    for write in late.writes { write.done.resume(returning: false) }
    events.finish()
    for closer in closers + late.closers { closer.resume() }
  }

  private static func milliseconds(since start: timespec) -> Int {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return (now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1_000_000
  }
}
