/// The screens of the dashboard. More come on the same core: one folder and one case each.
package enum DashboardView: CaseIterable, Sendable {
  case bundles

  /// The name in the header.
  package var title: String {
    switch self {
    case .bundles: "Bundles"
    }
  }
}
