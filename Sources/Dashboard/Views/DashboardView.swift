/// The screens of the dashboard: one case here, one folder and one conformance to `ViewContent` each.
enum DashboardView: CaseIterable, Sendable {
  case bundles

  /// The name in help, and in the header once there are several.
  var title: String {
    switch self {
    case .bundles: "Bundles"
    }
  }

  /// What the view does: the one place that leads from the case to its code.
  var content: any ViewContent {
    switch self {
    case .bundles: BundlesView()
    }
  }
}
