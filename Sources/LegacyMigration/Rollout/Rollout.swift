internal import BundleModel
package import BundleStore

/// Switches the side from which all pods read.
package struct Rollout: Sendable {
  private let store: BundleStore
  private let who: String

  /// - Parameter who: the name that is recorded.
  package init(store: BundleStore, who: String) {
    self.store = store
    self.who = who
  }

  /// Lets all pods read from the other side within one poll, or says why not; either is recorded.
  ///
  /// - Parameter acceptsQuarantine: what could not be taken may stay behind.
  package func take(_ change: ReadSwitch, acceptsQuarantine: Bool = false) async throws -> SwitchAnswer {
    try await store.switchReads(
      change, by: who, detail: change == .cutover ? ["acceptQuarantine": "\(acceptsQuarantine)"] : [:]
    ) { facts in
      RolloutDecision.refusals(of: change, facts, acceptsQuarantine: acceptsQuarantine)
    }
  }
}
