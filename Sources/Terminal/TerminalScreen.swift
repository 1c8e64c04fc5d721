package import BundleModel
internal import CTerminal
import Glibc
internal import ProcessControl

/// The whole terminal, taken over from `init` to `close`.
///
/// One thread of its own does everything that touches the terminal: it paints the newest frame, reads the keyboard
/// and hears the signals. It sleeps in poll(2) when there is nothing to do. Until `close` has returned, standard
/// error goes to a log file. However the program ends, SIGKILL excepted, the terminal is left as it was found.
package final class TerminalScreen: Sendable {
  /// What this terminal can show.
  package let capabilities: Capabilities
  /// Keys, mouse, size and signals in order, for one reader. Ends when the screen is closed.
  package let events: AsyncStream<TerminalEvent>

  private let mailbox: ScreenMailbox
  private let environment: [String: String]

  /// The window's size as last seen; `.resize` tells when it changes.
  package var size: Size { mailbox.size }

  /// Takes the terminal that is standard input and output.
  ///
  /// Fails without having written anything where there is no terminal, or where terminfo does not know its type or
  /// cannot move its cursor. There is one screen per process.
  package init(environment: [String: String]) throws(TerminalError) {
    let term = environment["TERM"] ?? ""
    let log = Self.logPath(environment)
    let codesetIsUTF8 = terminal_locale_is_utf8() == 1
    switch Int(terminal_open(term, log)) {
    case TERMINAL_OPENED: break
    case TERMINAL_ALREADY_OPEN: throw .alreadyOpen
    case TERMINAL_NOT_A_TTY: throw .notATerminal
    case TERMINAL_UNKNOWN_TYPE: throw .unknownType(term)
    case TERMINAL_UNSUITABLE_TYPE: throw .unsuitableType(term)
    default: throw .system(errno)
    }
    self.environment = environment
    capabilities = Capabilities.detect(
      environment: environment, isTerminal: true, codesetIsUTF8: codesetIsUTF8,
      terminfoColors: Int(terminal_colors()))
    var (rows, columns): (Int32, Int32) = (0, 0)
    terminal_size(&rows, &columns)
    mailbox = ScreenMailbox(size: Size(columns: Int(columns), rows: Int(rows)))
    let (stream, continuation) = AsyncStream.makeStream(
      of: TerminalEvent.self, bufferingPolicy: .bufferingNewest(4096))
    events = stream
    let (mailbox, capabilities) = (mailbox, capabilities)
    // It stops itself on Ctrl-Z, so the signal must reach it.
    let code = DetachedThread.start(takesSignals: true) {
      var loop = ScreenLoop(mailbox: mailbox, events: continuation, capabilities: capabilities, logPath: log)
      loop.run()
    }
    guard code == 0 else {
      _ = terminal_close()
      throw .system(code)
    }
  }

  /// Shows a frame soon: only what changed since the last one is painted, and a frame that was not yet painted when
  /// the next one came never is. Returns at once.
  package func present(_ frame: Frame) { mailbox.post { $0.frame = frame } }

  /// Paints everything again, whatever other programs left on the screen.
  package func repaint() { mailbox.post { $0.repaint = true } }

  /// Mouse reports on (as at start), or off, so that dragging selects text as without this program.
  package func setMouse(_ isWanted: Bool) { mailbox.post { $0.isMouseWanted = isWanted } }

  /// Stops the process as Ctrl-Z does, for terminals that send it as a key; `.resumed` tells when it goes on.
  package func suspend() { mailbox.post { $0.suspend = true } }

  /// Gives the terminal back and returns when that is done. Calling it again is harmless.
  package func close() async {
    await withCheckedContinuation { continuation in
      let accepted = mailbox.post {
        $0.close = true
        $0.closers.append(continuation)
      }
      if !accepted { continuation.resume() }
    }
  }

  /// Copies a text to where the user can paste it from, and says where that is.
  package func copy(_ text: String) async -> Clipboard.Outcome {
    await Clipboard(environment: environment).copy(text, isSecret: false) { await self.write($0) }
  }

  /// Copies a text that must never reach a file, such as a signed link.
  package func copy(secret: Secret<String>) async -> Clipboard.Outcome {
    await Clipboard(environment: environment).copy(secret.reveal(), isSecret: true) { await self.write($0) }
  }

  /// Sends bytes between two frames; false when the terminal did not take them.
  private func write(_ bytes: [UInt8]) async -> Bool {
    await withCheckedContinuation { continuation in
      let accepted = mailbox.post { $0.writes.append(ScreenMailbox.Write(bytes: bytes, done: continuation)) }
      if !accepted { continuation.resume(returning: false) }
    }
  }

  private static func logPath(_ environment: [String: String]) -> String? {
    guard let directory = StateDirectory(environment: environment), directory.create() else { return nil }
    return directory.path + "/stderr-\(getpid()).log"
  }
}
