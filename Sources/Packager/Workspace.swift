internal import BundleModel
internal import Glibc
internal import ProcessControl

/// A private directory in which one bundle is built: `bundle/`, `shared/` when there is one, `out/` for the archive.
///
/// Its `owner` file is held locked (flock) by the process that made it. The kernel drops the lock when the process
/// dies, also in another pid namespace and after a restart, where a recorded process id would lie.
final class Workspace: Sendable {
  /// Absolute, without symbolic links: bundlers report real paths.
  let root: String
  private let owner: FileDescriptor

  var bundle: String { "\(root)/bundle" }
  var shared: String { "\(root)/shared" }
  /// Copies of the packages of the repository, when there is one.
  var repository: String { "\(root)/repository" }
  /// An empty directory for the sandbox.
  var view: String { "\(root)/view" }
  /// What the commands see as HOME.
  var home: String { "\(root)/home" }
  /// What the commands see as TMPDIR.
  var temporary: String { "\(root)/tmp" }
  /// Where the archive is written.
  var out: String { "\(root)/out" }

  /// The bounds of a command that works on the bundle: it may read all of the workspace.
  ///
  /// - Parameters:
  ///   - reading: what it may read beside the workspace and the system's programs.
  ///   - writing: what it may change beside the bundle's copy, its HOME and its TMPDIR.
  func confinement(
    in sandbox: Sandbox, reading: [String] = [], writing: [String] = [], network: Bool, usage: UsageLimits
  ) -> Confinement {
    sandbox.confinement(
      reading: [root] + reading, writing: [bundle, home, temporary] + writing, view: view, network: network,
      usage: usage)
  }

  static let prefix = "apphub-example-"
  private static let ownerName = "owner"
  /// What mkdtemp(3) replaces.
  private static let randomPart = String(repeating: "X", count: 6)

  private init(root: String, owner: FileDescriptor) {
    self.root = root
    self.owner = owner
  }

  /// Makes `apphub-example-<slug>-<first 8 of the fingerprint>-<six random>`, mode 0700. Class pod.
  static func create(
    in temporaryDirectory: String, slug: Slug, fingerprint: Fingerprint
  ) throws(PackagingError) -> Workspace {
    try create(in: temporaryDirectory, slug: slug, label: fingerprint.text)
  }

  /// The same for something else than a packaging, such as a checkout.
  static func create(
    in temporaryDirectory: String, slug: Slug, label: String
  ) throws(PackagingError) -> Workspace {
    guard let parent = FileTree.realPath(temporaryDirectory) else {
      throw .system("cannot use the temporary directory", temporaryDirectory, errno: errno)
    }
    let name = "\(prefix)\(slug.text.fileSafe.prefix(80))-\(label.fileSafe.prefix(8))-"
    var template = Array("\(parent)/\(name)\(randomPart)".utf8CString)
    guard let made = mkdtemp(&template) else {
      throw .system("cannot make a workspace in", temporaryDirectory, errno: errno)
    }
    let root = String(cString: made)
    do throws(PackagingError) {
      let owner = try claim(root)
      let workspace = Workspace(root: root, owner: owner)
      for directory in [workspace.bundle, workspace.home, workspace.temporary, workspace.out, workspace.view] {
        try FileTree.makeDirectory(directory)
      }
      // Bundlers look for these upwards; what lies in TMPDIR is none of the bundle's.
      for name in ["package.json", "tsconfig.json"] {
        let file = try FileDescriptor.creating("\(root)/\(name)", permissions: 0o644)
        try file.write(text: "{}\n")
      }
      return workspace
    } catch {
      FileTree.remove(root)
      throw error
    }
  }

  /// The lock is taken before the file gets its name, so that no sweep ever sees it unlocked.
  private static func claim(_ root: String) throws(PackagingError) -> FileDescriptor {
    let nascent = "\(root)/.\(ownerName)"
    let owner = try FileDescriptor.creating(nascent)
    guard flock(owner.number, LOCK_EX | LOCK_NB) == 0, rename(nascent, "\(root)/\(ownerName)") == 0 else {
      throw .system("cannot lock", nascent, errno: errno)
    }
    try owner.write(text: "pid \(getpid())\n")
    return owner
  }

  /// Removes everything, also in a cancelled task.
  func remove() async {
    let root = root
    await DetachedThread.value { _ = FileTree.remove(root) }
  }

  /// Removes the workspaces of processes that are gone; returns how many. Blocks.
  ///
  /// One whose owner lives, in this or another process, is never touched.
  static func sweep(in temporaryDirectory: String) -> Int {
    guard let names = try? FileTree.names(in: temporaryDirectory) else { return 0 }
    var removed = 0
    for name in names where name.hasPrefix(prefix) {
      let root = "\(temporaryDirectory)/\(name)"
      var status = stat()
      guard lstat(root, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid(),
        isAbandoned(root, modified: status.st_mtim.tv_sec)
      else { continue }
      if FileTree.remove(root) { removed += 1 }
    }
    return removed
  }

  private static func isAbandoned(_ root: String, modified: Int) -> Bool {
    let descriptor = open("\(root)/\(ownerName)", O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else {
      // Its maker may be between making and locking it: give it a minute.
      return errno == ENOENT && modified < time(nil) - 60
    }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_EX | LOCK_NB) == 0
  }
}
