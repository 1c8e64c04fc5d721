import TestSupport

/// A folder in which bundles are written.
struct Examples {
  let folder: TemporaryDirectory

  /// Writes a Python bundle that is packaged at once.
  ///
  /// - Parameters:
  ///   - folder: where, below the cluster's folder; the bundle's own folder bears its name.
  ///   - build: its build command; none by default.
  func writeBundle(
    _ slug: String, in root: String = "examples", place: String? = nil, version: String = "1.0.0",
    build: [String] = [], files: [String: String] = [:]
  ) throws {
    let path = "\(root)/\(place ?? slug)"
    let command = build.map { "\"\($0)\"" }.joined(separator: ", ")
    try folder.write(
      """
      {"slug": "\(slug)", "files": ["manifest.json", "data/**/*"], "build": [\(command)]}
      """, to: "\(path)/apphub.bundle.json")
    try folder.write(
      """
      {"name": "\(slug)", "version": "\(version)", "runtime": "python3.11", "pythonEntry": "src/main.py"}
      """, to: "\(path)/manifest.json")
    try folder.write("print(\"\(slug)\")\n", to: "\(path)/src/main.py")
    for (name, text) in files { try folder.write(text, to: "\(path)/\(name)") }
  }

  /// Writes a bundle whose build holds until `release` lets it go on.
  ///
  /// - Parameter bytes: how much incompressible data it then makes.
  func writeHeldBundle(_ slug: String, in root: String = "examples", bytes: Int = 1000) throws {
    try writeBundle(
      slug, in: root, build: ["python3", "tools/build.py"],
      files: [
        "tools/build.py": """
        import os, random, select
        print("progress 10% held by", os.getpid(), flush=True)
        pod = os.path.dirname(os.path.dirname(os.environ["TMPDIR"]))
        while not any(os.path.exists(gate) for gate in ("\(gate(slug))", pod + "/\(slug).gate")):
            select.select([], [], [], 0.02)
        os.mkdir("data")
        with open("data/noise", "wb") as out:
            out.write(random.Random(1).randbytes(\(bytes)))
        """
      ])
  }

  /// Lets the build of a held bundle go on, now and in every later attempt.
  ///
  /// - Parameter pods: only on pods with this TMPDIR, a folder in ours.
  func release(_ slug: String, below pods: String? = nil) throws {
    try folder.write("", to: pods.map { "\($0)/\(slug).gate" } ?? "\(slug).gate")
  }

  private func gate(_ slug: String) -> String { "\(folder.path)/\(slug).gate" }

  /// Writes a bundle whose build prints a text and fails.
  func writeBrokenBundle(_ slug: String, in root: String = "examples", saying text: String = "no such dataset")
    throws
  {
    try writeBundle(
      slug, in: root, build: ["python3", "tools/build.py"],
      files: ["tools/build.py": "import sys\nprint(\(Self.pythonLiteral(text)))\nsys.exit(3)\n"])
  }

  private static func pythonLiteral(_ text: String) -> String {
    let escaped = text.unicodeScalars.map { scalar in
      let digits = String(scalar.value, radix: 16)
      return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
    }
    return "\"\(escaped.joined())\""
  }
}

extension Cluster {
  private var bundles: Examples { Examples(folder: folder) }

  /// `Examples.writeBundle` in the cluster's folder.
  func writeBundle(
    _ slug: String, in root: String = "examples", place: String? = nil, version: String = "1.0.0",
    build: [String] = [], files: [String: String] = [:]
  ) throws {
    try bundles.writeBundle(slug, in: root, place: place, version: version, build: build, files: files)
  }

  /// `Examples.writeHeldBundle` in the cluster's folder.
  func writeHeldBundle(_ slug: String, bytes: Int = 1000) throws { try bundles.writeHeldBundle(slug, bytes: bytes) }

  /// `Examples.writeBrokenBundle` in the cluster's folder.
  func writeBrokenBundle(_ slug: String, saying text: String = "no such dataset") throws {
    try bundles.writeBrokenBundle(slug, saying: text)
  }

  /// `Examples.release`.
  func release(_ slug: String, below pods: String? = nil) throws { try bundles.release(slug, below: pods) }

  /// Waits until the build of a held bundle runs in this attempt on this pod; returns its process id.
  func waitUntilHeld(_ slug: String, attempt: Int = 1, on pod: String) async throws -> Int32 {
    var message = ""
    try await wait("\(slug) is being built on \(pod), attempt \(attempt)") {
      message =
        try await self.lines(
          """
          select message from example_bundle_status
           where slug = '\(slug)' and pod = '\(pod)' and attempt = \(attempt) and message like 'held by %'
          """
        ).first ?? ""
      return !message.isEmpty
    }
    guard let pid = Int32(message.dropFirst("held by ".count)) else {
      throw TestSupportError("no process id: \(message)")
    }
    return pid
  }
}
