package import BundleModel
internal import Glibc

/// A bundle where its author keeps it.
package struct BundleSource: Equatable, Sendable {
  /// The directory that holds `apphub.bundle.json`, absolute.
  package var directory: String
  var config: BundleConfig
  /// What the manifest said when it was found; nil when the manifest is missing or broken.
  package var version: String?
  /// Nothing outside of this directory is read, the shared directory included; nil: no such bound. No links.
  var boundary: String?

  package var slug: Slug { config.slug }

  init(directory: String, config: BundleConfig, version: String? = nil) {
    self.directory = directory
    self.config = config
    self.version = version
  }

  /// Reads the config of one directory; blocks. Errors (class bundle) name the file.
  package static func load(directory: String) throws(PackagingError) -> BundleSource {
    guard let absolute = FileTree.realPath(directory) else {
      throw PackagingError(.bundle, "\(directory): no such directory")
    }
    let path = "\(absolute)/\(BundleConfig.filename)"
    let config = try BundleConfig(
      json: FileDescriptor.contents(of: path, limit: BundleSource.sizeLimit), path: path)
    let source = BundleSource(directory: absolute, config: config)
    let version = try? source.manifest().version
    return BundleSource(directory: absolute, config: config, version: version)
  }

  /// Reads the manifest; blocks. Class bundle.
  func manifest() throws(PackagingError) -> Manifest {
    guard let path = RelativePath(config.manifestPath) else {
      throw .escape("manifestPath", config.manifestPath)
    }
    let full = "\(directory)/\(path)"
    guard FileTree.isFile(full), let real = FileTree.realPath(full), let top = FileTree.realPath(directory),
      FileTree.isBelow(real, top)
    else {
      throw PackagingError(.bundle, "\(path): no such file in the bundle; every bundle needs a manifest")
    }
    return try Manifest(json: FileDescriptor.contents(of: full, limit: BundleSource.sizeLimit), path: path.text)
  }

  /// Where modules that several bundles use are kept; nil when there is none.
  ///
  /// The directory that `../../shared` means for a file in `src/` comes first, then AppHub's `../../shared` of the
  /// bundle's directory itself; either ends up beside the bundle in the workspace.
  var sharedDirectory: String? {
    let components = directory.utf8.split(separator: 0x2F).map { String(Substring($0)) }
    for up in [1, 2] where components.count >= up {
      let shared = "/" + (components.dropLast(up) + ["shared"]).joined(separator: "/")
      if shared != directory, FileTree.isDirectory(shared), let real = FileTree.realPath(shared),
        boundary.map({ FileTree.isInside(real, $0) }) ?? true
      {
        return real
      }
    }
    return nil
  }

  /// Configs and manifests are small; anything else is a mistake.
  static let sizeLimit = 1 << 20
}

extension PackagingError {
  /// A path in the config that would leave the bundle.
  static func escape(_ field: String, _ path: String) -> PackagingError {
    PackagingError(
      .bundle,
      "\(BundleConfig.filename): \(field) \"\(path)\" must be a relative path inside the bundle directory, without \"..\""
    )
  }
}
