import Postgres
import TestSupport
import Testing

@Suite("Listening")
struct ListenTests {
  /// The events of a listener one by one, with a deadline for each.
  private actor Ear {
    let listener: Listener
    private var seen: [Listener.Event] = []
    private var next = 0

    init(_ listener: Listener) {
      self.listener = listener
      Task { for await event in listener.events { await self.add(event) } }
    }

    private func add(_ event: Listener.Event) { seen.append(event) }

    private func take() -> Listener.Event? {
      guard next < seen.count else { return nil }
      next += 1
      return seen[next - 1]
    }

    /// Passes over events until one fits; fails when none does within thirty seconds.
    private func hear(_ what: String, _ fits: @Sendable (Listener.Event) -> Bool) async throws {
      try await eventually(within: .seconds(30), what) {
        while let event = self.take() { if fits(event) { return true } }
        return false
      }
    }

    func hearConnected() async throws {
      try await hear("it is connected") { if case .connected = $0 { true } else { false } }
    }

    func hearDisconnected() async throws {
      try await hear("it is disconnected") {
        if case .disconnected(let error, _) = $0 { error.isTransient } else { false }
      }
    }

    func hear(_ payload: String, on channel: String) async throws {
      try await hear("\(channel) says \"\(payload)\"") {
        if case .notified(channel, payload) = $0 { true } else { false }
      }
    }
  }

  private func quick() -> Listener.Timing {
    var timing = Listener.Timing()
    timing.firstPause = .milliseconds(20)
    timing.longestPause = .milliseconds(200)
    return timing
  }

  private func listenerPID(_ connection: Connection, _ settings: ConnectionSettings) async throws -> Int {
    let rows = try await connection.query(
      "select pid from pg_stat_activity where application_name = $1", [.text(settings.applicationName)])
    return try rows[0].decode(at: 0)
  }

  @Test("A connection hears what others notify, with odd channel names and payloads")
  func connection() async throws {
    let settings = try await freshSettings()
    let hearing = try await Connection.connect(settings)
    let ringing = try await Connection.connect(settings)
    let channel = "odd \"Channel\"; --"
    try await hearing.listen(channel)
    let payloads = ["", "one", "zwei ✓", String(repeating: "p", count: 7999)]
    for payload in payloads {
      try await ringing.query("select pg_notify($1, $2)", [.text(channel), .text(payload)])
    }
    var heard: [String] = []
    for await notification in hearing.notifications {
      #expect(notification.channel == channel)
      heard.append(notification.payload)
      if heard.count == payloads.count { break }
    }
    #expect(heard == payloads)
    #expect(try await hearing.query("select 1").count == 1)
  }

  @Test("Notifications that arrive while a statement runs are not lost")
  func duringStatement() async throws {
    let settings = try await freshSettings()
    let hearing = try await Connection.connect(settings)
    let ringing = try await Connection.connect(settings)
    try await hearing.listen("bell")
    async let slow = hearing.query("select pg_sleep(0.3)")
    try await ringing.query("notify bell, 'early'")
    _ = try await slow
    try await hearing.query("notify bell, 'own'")
    var heard: [String] = []
    for await notification in hearing.notifications {
      heard.append(notification.payload)
      if heard.count == 2 { break }
    }
    #expect(heard == ["early", "own"])
  }

  @Test("A listener is told when it is connected, hears, and comes back after its server process was terminated")
  func reconnect() async throws {
    let settings = try await freshSettings()
    var listening = settings
    listening.applicationName = "ear"
    let ear = Ear(Listener(listening, channels: ["bell", "other"], timing: quick()))
    let ringing = try await Connection.connect(settings)
    for round in 1...3 {
      try await ear.hearConnected()
      try await ringing.query("select pg_notify('bell', $1)", [.text("round \(round)")])
      try await ear.hear("round \(round)", on: "bell")
      try await ringing.query("notify other")
      try await ear.hear("", on: "other")
      let pid = try await listenerPID(ringing, listening)
      try await ringing.query("select pg_terminate_backend($1, 5000)", [.integer(pid)])
      try await ear.hearDisconnected()
    }
    try await ear.hearConnected()
    await ear.listener.close()
    try await eventually(within: .seconds(30), "its connection is gone") {
      try await ringing.query("select from pg_stat_activity where application_name = 'ear'").isEmpty
    }
  }

  @Test("The ping notices a peer that went without a word")
  func halfOpen() async throws {
    let settings = try await freshSettings()
    let proxy = try Proxy(to: settings.hosts[0].port)
    defer { proxy.end() }
    var listening = settings
    listening.hosts[0].port = proxy.port
    listening.connectDeadline = .milliseconds(500)
    var timing = quick()
    timing.pingEvery = .milliseconds(100)
    timing.pingDeadline = .milliseconds(300)
    let ear = Ear(Listener(listening, channels: ["bell"], timing: timing))
    try await ear.hearConnected()
    proxy.swallow()
    try await ear.hearDisconnected()
    proxy.forward()
    try await ear.hearConnected()
    let ringing = try await Connection.connect(settings)
    try await ringing.query("notify bell, 'back'")
    try await ear.hear("back", on: "bell")
    await ear.listener.close()
  }

  @Test("A listener whose server is not there keeps trying, and ends when closed")
  func unreachable() async throws {
    let settings = ConnectionSettings(host: "127.0.0.1", port: try closedPort(), user: "u", database: "d")
    let ear = Ear(Listener(settings, channels: ["bell"], timing: quick()))
    for _ in 0..<3 { try await ear.hearDisconnected() }
    await ear.listener.close()
  }
}
