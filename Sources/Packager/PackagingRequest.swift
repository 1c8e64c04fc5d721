package import BundleModel

/// What to package, and within which bounds.
package struct PackagingRequest: Sendable {
  package var source: BundleSource
  package var options: JobOptions
  /// Whether the `build` command of a bundle may run.
  package var allowBuildCommands: Bool
  /// Whether the install scripts of its dependencies may run.
  package var allowInstallScripts: Bool
  /// The repository that the bundle is part of: its packages and installed dependencies can be imported.
  package var workspaceRoot: String?
  /// Where the workspace is made; must exist.
  package var temporaryDirectory: String
  package var limits: PackagingLimits

  package init(
    source: BundleSource, options: JobOptions = JobOptions(), allowBuildCommands: Bool = false,
    allowInstallScripts: Bool = false, workspaceRoot: String? = nil,
    temporaryDirectory: String = "/tmp", limits: PackagingLimits = PackagingLimits()
  ) {
    self.source = source
    self.options = options
    self.allowBuildCommands = allowBuildCommands
    self.allowInstallScripts = allowInstallScripts
    self.workspaceRoot = workspaceRoot
    self.temporaryDirectory = temporaryDirectory
    self.limits = limits
  }
}
