internal import BundleModel

/// Which command installs a bundle's dependencies.
enum Install: Equatable {
  /// Nothing to install.
  case skip
  /// A package manager with its arguments.
  case run(program: String, arguments: [String])

  /// What the status shows when the repository of the bundle holds all that it needs.
  static let servedMessage = "All dependencies come from the workspace root; skipping dependency install."

  /// What the status shows when there is nothing to install.
  static let skippedMessage = "No package manifest detected; skipping dependency install."

  /// The lock files, in the order in which they count.
  static let lockFiles = ["package-lock.json", "pnpm-lock.yaml", "yarn.lock"]

  /// Decides by the files in a directory.
  ///
  /// - Parameter allowScripts: whether the packages' own install scripts may run.
  static func plan(in directory: String, allowScripts: Bool) -> Install {
    func has(_ name: String) -> Bool { FileTree.isFile("\(directory)/\(name)") }
    let quiet = allowScripts ? [] : ["--ignore-scripts"]
    if has("package-lock.json") { return .run(program: "npm", arguments: ["ci"] + quiet) }
    if has("pnpm-lock.yaml") {
      return .run(program: "pnpm", arguments: ["install", "--frozen-lockfile"] + quiet)
    }
    if has("yarn.lock") { return .run(program: "yarn", arguments: ["install", "--frozen-lockfile"] + quiet) }
    if has("package.json") { return .run(program: "npm", arguments: ["install"] + quiet) }
    return .skip
  }

  /// False when dependencies would be installed without a lock file: the same inputs may give other bytes.
  static func isPinned(in directory: String) -> Bool {
    !FileTree.isFile("\(directory)/package.json")
      || lockFiles.contains { FileTree.isFile("\(directory)/\($0)") }
  }

  /// How to get a package manager that is missing.
  static func hint(for program: String) -> String {
    program == "npm" ? "apt-get install npm" : "npm install --global \(program)"
  }
}
