internal import BundleModel
internal import Glibc
internal import JSON

/// Where a package that was not built starts: a missing `dist/x.js` is replaced by `src/x.ts`.
enum PackageEntries {
  /// Rewrites the package.json in a directory, when it names missing files below `dist/` that `src/` can stand in for.
  ///
  /// Only the names are replaced: the order of `exports` has a meaning.
  static func standIn(in directory: String) throws(PackagingError) {
    let path = "\(directory)/package.json"
    let json = try FileDescriptor.contents(of: path, limit: BundleSource.sizeLimit)
    guard case .object(let fields)? = try? JSONValue(parsing: json) else { return }
    var named: Set<String> = []
    for field in ["main", "module", "types", "typings", "exports"] {
      if let value = fields[field] { collect(value, into: &named) }
    }
    var text = String(decoding: json, as: UTF8.self)
    let before = text
    for name in named.sorted() {
      guard let source = source(for: name, in: directory) else { continue }
      text = text.replacing("\"\(name)\"", with: "\"\(source)\"")
    }
    guard text != before else { return }
    FileTree.remove(path)
    try FileDescriptor.creating(path, permissions: 0o644).write(text: text)
  }

  private static func collect(_ value: JSONValue, into named: inout Set<String>) {
    switch value {
    case .string(let text): named.insert(text)
    case .object(let fields): for inner in fields.values { collect(inner, into: &named) }
    case .array(let values): for inner in values { collect(inner, into: &named) }
    case .null, .bool, .number: break
    }
  }

  /// `./dist/x.js` and `dist/x.d.ts` give `./src/x.ts`, or `.tsx`; nil when the product is there or no source is.
  static func source(for name: String, in directory: String) -> String? {
    guard let product = RelativePath(name), product.components.first == "dist", product.components.count > 1 else {
      return nil
    }
    let endings = [".d.ts", ".d.mts", ".d.cts", ".js", ".mjs", ".cjs"]
    guard let ending = endings.first(where: product.text.hasSuffix) else { return nil }
    let isPattern = product.text.contains("*")
    guard isPattern ? !FileTree.isDirectory("\(directory)/dist") : !FileTree.isFile("\(directory)/\(product)")
    else {
      return nil
    }
    let stem = "src/" + product.text.dropFirst("dist/".count).dropLast(ending.count)
    for extra in [".ts", ".tsx"] where isPattern || FileTree.isFile("\(directory)/\(stem)\(extra)") {
      return "./\(stem)\(extra)"
    }
    return nil
  }
}
