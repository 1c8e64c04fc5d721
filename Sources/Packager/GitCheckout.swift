internal import BundleModel
internal import Glibc

/// One commit of a repository, fetched over https into a workspace.
///
/// git runs in the sandbox without any configuration but what is said here: no hooks, no file system monitor, no
/// credentials, no submodules, no filters (so no LFS), no other protocol, no redirect to another host.
struct GitCheckout {
  let url: String
  let ref: String?
  let commit: String?
  let rules: DescriptorRules
  let toolchain: Toolchain
  let workspace: Workspace

  private static let settings = [
    "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.attributesFile=/dev/null", "core.askPass=",
    "core.autocrlf=false", "core.protectNTFS=true", "core.untrackedCache=false", "credential.helper=",
    "protocol.allow=never", "protocol.https.allow=always", "http.followRedirects=false", "http.proxy=",
    "http.lowSpeedLimit=1000", "http.lowSpeedTime=30", "submodule.recurse=false", "fetch.recurseSubmodules=false",
    "transfer.fsckObjects=true", "transfer.bundleURI=false", "fetch.writeCommitGraph=false", "gc.auto=0",
    "maintenance.auto=false", "advice.detachedHead=false", "init.defaultBranch=none",
  ]

  /// Fetches and checks out into the workspace's bundle directory, without the repository's own data.
  ///
  /// Class bundle for what the server refuses, a commit that is another one, or too much; class timeout.
  func run(_ interruption: Interruption) throws(PackagingError) {
    try git(["init", "--quiet", "--template="], interruption)
    let wanted = ref ?? commit?.lowercased() ?? "HEAD"
    try git(
      ["fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules", "--", url, wanted], network: true,
      interruption)
    let got = try git(["rev-parse", "--verify", "FETCH_HEAD^{commit}"], interruption).nonBlank ?? ""
    if let commit, got != commit.lowercased() {
      throw PackagingError(
        .bundle, "git: \(ref ?? commit) of \(url) is at \(got), not at \(commit), which the descriptor names")
    }
    try git(["checkout", "--quiet", "--detach", "--force", got], interruption)
    FileTree.remove("\(workspace.bundle)/.git")
    try checkSize(interruption)
  }

  @discardableResult
  private func git(
    _ arguments: [String], network: Bool = false, _ interruption: Interruption
  ) throws(PackagingError) -> String {
    guard let program = toolchain.find("git") else {
      throw PackagingError(.pod, toolchain.missing("git", hint: "apt-get install git"))
    }
    let certificates = rules.gitCertificates.flatMap { FileTree.realPath($0) }
    var environment = CleanEnvironment.make(searchPath: toolchain.searchPath, workspace: workspace)
    environment["GIT_CONFIG_NOSYSTEM"] = "1"
    environment["GIT_CONFIG_GLOBAL"] = "/dev/null"
    environment["GIT_ALLOW_PROTOCOL"] = "https"
    environment["GIT_TERMINAL_PROMPT"] = "0"
    environment["GIT_LFS_SKIP_SMUDGE"] = "1"
    environment["GIT_ATTR_NOSYSTEM"] = "1"
    environment["GIT_CEILING_DIRECTORIES"] = workspace.root
    if let certificates { environment["GIT_SSL_CAINFO"] = certificates }
    var usage = UsageLimits()
    usage.fileSize = rules.gitSize
    let name = "git \(arguments[0])"
    let command = Command(
      name: name, executable: program,
      arguments: GitCheckout.settings.flatMap { ["-c", $0] } + arguments, directory: workspace.bundle,
      environment: environment, limit: rules.gitTime, grace: .milliseconds(500), outputLimit: 1 << 20,
      confinement: workspace.confinement(
        in: toolchain.sandbox, reading: certificates.map { [$0] } ?? [], network: network, usage: usage))
    let outcome = try ChildProcess.run(command, interruption)
    guard outcome.code == 0 else {
      let last = outcome.lastLine ?? "exit code \(outcome.code)"
      throw PackagingError(.bundle, "\(name) of \(url): \(last)", tail: outcome.tail)
    }
    return outcome.tail
  }

  private func checkSize(_ interruption: Interruption) throws(PackagingError) {
    var total: Int64 = 0
    for entry in try FileTree.entries(of: workspace.bundle, links: .listed, interruption, ignores: { _ in false }) {
      if case .file(_, let size) = entry.kind { total += size }
    }
    guard total <= rules.gitSize else {
      throw PackagingError(
        .bundle, "git: \(url) has \(total >> 20) MiB of files; this pod takes \(rules.gitSize >> 20) MiB")
    }
  }
}
