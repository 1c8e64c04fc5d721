internal import ArgumentParser
internal import BundleModel
internal import Packager

/// What bundles may do on this pod.
struct PackagingOptions: ParsableArguments {
  @Flag(help: "Run the build commands of bundles.") var allowBuildCommands = false
  @Flag(help: "Run the install scripts of the packages that bundles depend on.") var allowInstallScripts = false
  @Option(
    help: ArgumentHelp(
      "The repository whose packages bundles may import. Default: APPHUB_REPO_ROOT.", valueName: "dir"))
  var workspaceRoot: String?
  @Option(
    help: ArgumentHelp(
      "A directory with programs that commands may use beside the system's own. Repeatable.", valueName: "dir"))
  var toolDirectory: [String] = []
  @Option(help: ArgumentHelp("A directory that descriptors may name paths in. Repeatable.", valueName: "dir"))
  var descriptorRoot: [String] = []
  @Option(
    help: ArgumentHelp(
      "The beginning of https URLs that descriptors may fetch from with git. Repeatable.", valueName: "url"))
  var descriptorGit: [String] = []
  @Option(
    name: .customLong("descriptor-git-ca"),
    help: ArgumentHelp("Certificates that git trusts instead of the system's, PEM.", valueName: "file"))
  var descriptorGitCertificates: String?

  /// The policy; `workspaceRoot` falls back to AppHub's variable.
  func policy(limits: PackagingLimits, environment: [String: String]) -> PackagingPolicy {
    PackagingPolicy(
      allowBuildCommands: allowBuildCommands, allowInstallScripts: allowInstallScripts,
      workspaceRoot: workspaceRoot ?? PackagingPolicy.repository(environment: environment), limits: limits,
      descriptors: DescriptorRules(
        roots: descriptorRoot, gitPrefixes: descriptorGit, gitCertificates: descriptorGitCertificates),
      sandbox: .detect(toolDirectories: toolDirectory))
  }
}

/// How much one packaging may take.
struct LimitOptions: ParsableArguments {
  @Option(help: "Seconds for installing dependencies.") var installSeconds = 300
  @Option(help: "Seconds for a build command, and for the bundler.") var buildSeconds = 300
  @Option(help: "Seconds for everything but the upload.") var packageSeconds = 900
  @Option(help: "Seconds of processor time for one command.") var cpuSeconds = 600
  @Option(help: "MiB of memory for one command.") var memoryMib = 4096
  @Option(help: "MiB for one file that a command writes.") var fileMib = 4096
  @Option(help: "Processes of one command at a time.") var processes = 512
  @Option(help: "MiB that one command may print.") var outputMib = 32
  @Option(help: "MiB of an archive.") var archiveMib = 4096
  @Option(help: "Files in an archive.") var archiveEntries = 100_000

  var limits: PackagingLimits {
    PackagingLimits(
      install: .seconds(installSeconds), build: .seconds(buildSeconds), total: .seconds(packageSeconds),
      output: outputMib << 20, archive: Int64(archiveMib) << 20, content: Int64(archiveMib) << 21,
      entries: archiveEntries,
      usage: UsageLimits(
        cpuSeconds: cpuSeconds, memory: Int64(memoryMib) << 20, fileSize: Int64(fileMib) << 20,
        processes: processes))
  }

  /// What is wrong with the numbers; nil when they can be used.
  var complaint: String? {
    let all = [
      ("install-seconds", installSeconds), ("build-seconds", buildSeconds), ("package-seconds", packageSeconds),
      ("cpu-seconds", cpuSeconds), ("memory-mib", memoryMib), ("file-mib", fileMib), ("processes", processes),
      ("output-mib", outputMib), ("archive-mib", archiveMib), ("archive-entries", archiveEntries),
    ]
    return all.first { !(1...1_000_000_000).contains($0.1) }.map { "--\($0.0) takes a positive number" }
  }
}
