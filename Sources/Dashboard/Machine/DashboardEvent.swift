package import BundleModel
package import Terminal

/// Something that happened, told to the dashboard by the program around it.
///
/// Every event carries the moment of its happening by the database's clock (the runner adds the offset that it
/// measured), because ages are told against times that the database wrote.
package enum DashboardEvent: Sendable {
  /// A key, the mouse, a paste, a resize.
  case terminal(TerminalEvent, at: Timestamp)
  /// Everything that the database knows, in place of everything known before.
  case resync(statuses: [BundleStatus], at: Timestamp)
  /// Rows that are new or other than before, and slugs that are no longer there. A slug in both ends up there.
  case changes(upserts: [BundleStatus], removed: [Slug], at: Timestamp)
  /// All pods that the database knows, in place of those known before.
  case pods([Pod], at: Timestamp)
  /// Who is not to take jobs, in place of what was known before.
  case pauses([Pause], at: Timestamp)
  /// Queued bundles that no live pod offers, in place of those known before.
  case unoffered(Set<Slug>, at: Timestamp)
  case connection(ConnectionState, at: Timestamp)
  case storage(StorageState, at: Timestamp)
  /// The answer to `loadDetail`.
  case detail(BundleDetail, at: Timestamp)
  /// The other answer to `loadDetail`: why there is none.
  case detailFailed(Slug, reason: String, at: Timestamp)
  /// The answer to `retry`, and to `sign` when there is no link.
  case actionFinished(ActionResult, at: Timestamp)
  /// The answer to `sign`.
  case signed(SignedLink, at: Timestamp)
  /// The answer to `copy`.
  case copied(CopyRoute, label: String, at: Timestamp)
  /// The moment that `nextWakeup` asked for.
  case tick(at: Timestamp)

  /// When it happened.
  package var at: Timestamp {
    switch self {
    case .terminal(_, let at), .resync(_, let at), .changes(_, _, let at), .pods(_, let at), .pauses(_, let at),
      .unoffered(_, let at),
      .connection(_, let at), .storage(_, let at), .detail(_, let at), .detailFailed(_, _, let at),
      .actionFinished(_, let at), .signed(_, let at), .copied(_, _, let at), .tick(let at):
      at
    }
  }
}
