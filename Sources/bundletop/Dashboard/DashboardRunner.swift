internal import ArtifactStorage
internal import BundleModel
internal import BundleStore
internal import Dashboard
internal import Glibc
internal import Postgres
internal import ProcessControl
internal import Terminal

/// Runs the dashboard: brings terminal, feed and clock to the pure machine, paints its frames, does what it asks for.
actor DashboardRunner {
  private let screen: TerminalScreen
  private let environment: [String: String]
  private let connection: ConnectionSettings
  private let inbox = EventInbox()
  private var state: DashboardState
  private var painted: Frame?
  private var wakeup: (at: Timestamp, task: Task<Void, Never>)?

  /// Opens the terminal, runs until the person leaves, and gives it back. Returns the exit status.
  static func run(environment: [String: String], connection: ConnectionSettings, isReadOnly: Bool) async throws
    -> Int32
  {
    let screen: TerminalScreen
    do {
      screen = try TerminalScreen(environment: environment)
    } catch {
      throw CommandFailure(.failed, "\(error)")
    }
    let runner = DashboardRunner(
      screen: screen, environment: environment, connection: connection, isReadOnly: isReadOnly)
    let status = await runner.run()
    await screen.close()
    return status
  }

  private init(
    screen: TerminalScreen, environment: [String: String], connection: ConnectionSettings, isReadOnly: Bool
  ) {
    self.screen = screen
    self.environment = environment
    self.connection = connection
    state = DashboardState(
      configuration: DashboardConfiguration(database: connection.displayName, isReadOnly: isReadOnly),
      size: screen.size)
  }

  private func run() async -> Int32 {
    // The skeleton comes before anything is opened: database, TLS and user names all take their time.
    paint()
    let store = BundleStore(connection, connections: 2)
    let storage = StorageWatch(environment: environment)
    let actions = DashboardActions(
      screen: screen, store: store, storage: storage,
      who: ThisProcess.userName(in: environment), inbox: inbox)
    let sources = [
      Task { [screen, inbox] in
        for await event in screen.events { inbox.post { .terminal(event, at: $0) } }
      },
      Task { [inbox] in await FeedWatch(inbox: inbox).follow(store) },
      Task { [inbox] in await storage.follow(telling: inbox) },
    ]
    let status = await loop(actions)
    for source in sources { source.cancel() }
    wakeup?.task.cancel()
    await screen.close()  // the person is free before the last connection is
    await store.close()
    return status
  }

  /// Handles events until one of them means leaving. Whatever came in together is painted once.
  private func loop(_ actions: DashboardActions) async -> Int32 {
    for await _ in inbox.wakes {
      var wasResync = false
      for event in inbox.take() {
        if case .resync = event { wasResync = true }
        for effect in state.handle(event) {
          if case .quit(let status) = effect { return status }
          actions.perform(effect)
        }
      }
      paint()
      if wasResync { ThisProcess.trimHeap() }
    }
    return 0
  }

  private func paint() {
    let presentation = state.present(
      size: screen.size, capabilities: screen.capabilities,
      clock: RenderClock(now: inbox.now(), localOffset: DashboardRunner.localOffset))
    if presentation.frame != painted {
      painted = presentation.frame
      screen.present(presentation.frame)
    }
    schedule(presentation.nextChange)
  }

  /// One timer, only while the picture would change by itself.
  private func schedule(_ next: Timestamp?) {
    guard next != wakeup?.at else { return }
    wakeup?.task.cancel()
    guard let next else {
      wakeup = nil
      return
    }
    let wait = max(next.since(inbox.now()), .milliseconds(10))
    let task = Task { [weak self] in
      guard (try? await Task.sleep(for: wait)) != nil else { return }
      await self?.tick()
    }
    wakeup = (next, task)
  }

  private func tick() {
    wakeup = nil
    inbox.post { .tick(at: $0) }
  }

  /// Seconds that the person's own time is ahead of UTC at a moment.
  private static func localOffset(_ moment: Timestamp) -> Int {
    var seconds = time_t(moment.microseconds / 1_000_000)
    var fields = tm()
    return localtime_r(&seconds, &fields) == nil ? 0 : fields.tm_gmtoff
  }
}
