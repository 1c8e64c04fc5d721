internal import BundleModel

/// What `apphub.bundle.json` says, with AppHub's defaults filled in.
///
/// Paths are as written: whether they stay inside the bundle is checked when the bundle is resolved, so that such
/// a bundle is offered and fails with a reason instead of vanishing from the catalogue.
struct BundleConfig: Equatable, Sendable {
  /// The name of the file.
  static let filename = "apphub.bundle.json"

  var slug: Slug
  var entry: String
  var outDir: String
  var manifestPath: String
  var artifactDir: String
  /// Globs of what goes into the archive.
  var files: [String]
  var sampleInputPath: String?
  /// Nil when not written: then the manifest's, or `src/main.py`.
  var pythonEntry: String?
  var pythonRequirementsPath: String?
  /// Modules that the bundler leaves as `require` calls.
  var externals: [String]
  /// Packages that are copied into `dist/node_modules`.
  var runtimeDependencies: [String]
  /// Ours: one command, run in the workspace before archiving, where the pod allows it.
  var build: [String]

  init(
    slug: Slug, entry: String = "src/index.ts", outDir: String = "dist", manifestPath: String = "manifest.json",
    artifactDir: String = "artifacts", files: [String] = ["manifest.json", "dist/**/*"],
    sampleInputPath: String? = nil, pythonEntry: String? = nil, pythonRequirementsPath: String? = nil,
    externals: [String] = [], runtimeDependencies: [String] = [], build: [String] = []
  ) {
    self.slug = slug
    self.entry = entry
    self.outDir = outDir
    self.manifestPath = manifestPath
    self.artifactDir = artifactDir
    self.files = files
    self.sampleInputPath = sampleInputPath
    self.pythonEntry = pythonEntry
    self.pythonRequirementsPath = pythonRequirementsPath
    self.externals = externals
    self.runtimeDependencies = runtimeDependencies
    self.build = build
  }

  /// Reads the JSON of a config file. `path` is named in errors (class bundle), and so is the field.
  init(json: [UInt8], path: String = BundleConfig.filename) throws(PackagingError) {
    let fields = try FieldReader(json: json, path: path)
    guard let written = try fields.string("slug"), let slug = Slug(written) else {
      throw fields.wrong("slug", "is required and must not be blank")
    }
    self.init(slug: slug)
    entry = try fields.string("entry") ?? entry
    outDir = try fields.string("outDir") ?? outDir
    manifestPath = try fields.string("manifestPath") ?? manifestPath
    artifactDir = try fields.string("artifactDir") ?? artifactDir
    files = try fields.strings("files") ?? ["manifest.json", "\(outDir)/**/*"]
    sampleInputPath = try fields.object("tests")?.string("sampleInputPath")
    pythonEntry = try fields.string("pythonEntry")
    pythonRequirementsPath = try fields.string("pythonRequirementsPath")
    externals = try fields.strings("externals") ?? []
    runtimeDependencies = try fields.strings("runtimeDependencies") ?? []
    build = try fields.strings("build", keepingBlanks: true) ?? []
    if let program = build.first, program.nonBlank == nil {
      throw fields.wrong("build[0]", "must name a program")
    }
  }
}
