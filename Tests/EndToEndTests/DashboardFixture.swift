import TestSupport

extension Cluster {
  /// Opens the dashboard on a terminal of its own; the shell around it notes the terminal's settings before and
  /// after.
  func openDashboard(
    columns: Int = 150, rows: Int = 40, arguments: [String] = [], changing: [String: String] = [:]
  ) async throws -> TmuxSession {
    let script = """
      stty -g >"$0/stty-before"
      "$@"
      status=$?
      stty -g >"$0/stty-after"
      exit $status
      """
    var settings = environment.merging(changing) { $1 }
    settings["HOME"] = nil
    return try await TmuxSession.start(
      ["/bin/sh", "-c", script, folder.path, try BuiltProducts.path("bundletop")] + arguments, columns: columns,
      rows: rows, environment: settings)
  }

  /// Leaves the dashboard as a person does, and closes its terminal.
  func leave(_ terminal: TmuxSession) async throws {
    try await terminal.sendKeys("q")
    try await requireRestored(terminal, status: 0)
    await terminal.close()
  }

  /// The dashboard itself, below the shell that started it.
  func dashboardPID(_ terminal: TmuxSession) async throws -> Int32 {
    let shell = try await terminal.pid()
    let below = Processes.descendants(of: shell).map(\.pid)
    guard let found = below.first(where: { Processes.arguments(of: $0).contains("/bundletop") }) else {
      throw TestSupportError("no dashboard below \(shell)")
    }
    return found
  }

  /// Waits until the dashboard has ended; the terminal must be as it was found.
  func requireRestored(_ terminal: TmuxSession, status: Int32) async throws {
    try await wait("the dashboard ends with \(status)", within: .seconds(60)) { terminal.exitStatus() == status }
    let flags = try await terminal.flags()
    guard flags == .plain else { throw TestSupportError("the terminal is left as \(flags)") }
    let (before, after) = (try folder.read("stty-before"), try folder.read("stty-after"))
    guard !before.isEmpty, before == after else { throw TestSupportError("stty: \(before) became \(after)") }
  }
}
