package import BundleModel

/// What a pod allows bundles to do, and how much of everything they get: the same for all of them.
package struct PackagingPolicy: Sendable {
  /// Whether `build` commands of bundles may run.
  package var allowBuildCommands: Bool
  /// Whether the install scripts of dependencies may run.
  package var allowInstallScripts: Bool
  /// The repository whose packages bundles may import.
  package var workspaceRoot: String?
  package var limits: PackagingLimits
  package var descriptors: DescriptorRules
  package var sandbox: Sandbox

  package init(
    allowBuildCommands: Bool = false, allowInstallScripts: Bool = false, workspaceRoot: String? = nil,
    limits: PackagingLimits = PackagingLimits(), descriptors: DescriptorRules = DescriptorRules(),
    sandbox: Sandbox = .detect()
  ) {
    self.allowBuildCommands = allowBuildCommands
    self.allowInstallScripts = allowInstallScripts
    self.workspaceRoot = workspaceRoot
    self.limits = limits
    self.descriptors = descriptors
    self.sandbox = sandbox
  }

  /// Why a pod cannot start with this policy; nil when it can. Looks at files.
  ///
  /// - Parameter environment: the pod's, which names the files that hold its secrets.
  package func complaint(environment: [String: String]) -> String? {
    if let complaint = descriptors.complaint { return complaint }
    var installed: [String] = []
    if let workspaceRoot {
      do throws(PackagingError) {
        installed = try PackageRepository.load(root: workspaceRoot).installed
      } catch {
        return error.message
      }
    }
    guard allowBuildCommands || allowInstallScripts else { return nil }
    return sandbox.complaint(environment: environment, readable: installed)
  }

  /// The repository that AppHub's `APPHUB_REPO_ROOT` names, when that holds packages or installed ones: it also
  /// names the place of AppHub's data, where there may be neither.
  package static func repository(environment: [String: String]) -> String? {
    guard let root = environment["APPHUB_REPO_ROOT"]?.nonBlank else { return nil }
    return ["packages", "node_modules"].contains { FileTree.isDirectory("\(root)/\($0)") } ? root : nil
  }

  /// The request for one bundle.
  package func request(
    for source: BundleSource, _ options: JobOptions, temporaryDirectory: String
  ) -> PackagingRequest {
    PackagingRequest(
      source: source, options: options, allowBuildCommands: allowBuildCommands,
      allowInstallScripts: allowInstallScripts, workspaceRoot: workspaceRoot,
      temporaryDirectory: temporaryDirectory, limits: limits)
  }
}
