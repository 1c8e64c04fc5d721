internal import BundleModel

/// What esbuild printed about a failed build.
///
/// Its errors show lines of the files that they are about. Lines of a file outside the workspace must not be kept:
/// an import of somebody else's file would publish it in the error text.
struct EsbuildReport: Equatable {
  private struct Problem: Equatable {
    var text: String
    var location: String?
    var isOutside = false

    /// The path that an import names and that led nowhere.
    var unresolved: String? {
      let start = "Could not resolve \""
      guard text.hasPrefix(start), text.hasSuffix("\"") else { return nil }
      return String(text.dropFirst(start.count).dropLast())
    }
  }

  private var problems: [Problem] = []
  private var mentionsOutside = false

  /// - Parameters:
  ///   - isInside: whether a path, as esbuild prints it, belongs to the workspace.
  ///   - leaves: whether what a file (the second path) imports by a path (the first) would lie outside.
  init(_ output: String, isInside: (String) -> Bool, leaves: (String, String) -> Bool = { _, _ in false }) {
    var inError = false
    for line in output.split(separator: "\n", omittingEmptySubsequences: true) {
      if let marker = line.firstRange(of: "[ERROR] "), line[..<marker.lowerBound].count <= 2 {
        problems.append(Problem(text: String(line[marker.upperBound...])))
        inError = true
      } else if let marker = line.firstRange(of: "[WARNING] "), line[..<marker.lowerBound].count <= 2 {
        inError = false
      } else if let (path, number) = EsbuildReport.location(line) {
        let outside = !isInside(path)
        mentionsOutside = mentionsOutside || outside
        if inError, let last = problems.indices.last, problems[last].location == nil {
          problems[last].location = "\(path):\(number)"
          problems[last].isOutside = outside
          if let wanted = problems[last].unresolved, leaves(wanted, path) {
            problems[last].text = "imports \(wanted), which is outside of the bundle and its shared directory"
          }
        }
      }
    }
  }

  /// One line an error, `src/index.ts:14: could not resolve "./publish"`; nil when esbuild named none.
  var message: String? {
    // The sandbox hides what is outside: then the import itself is told, too.
    let hidden = "Cannot read directory \""
    let told = problems.filter { !$0.text.hasPrefix(hidden) || problems.count == 1 }
    guard !told.isEmpty else { return nil }
    return told.prefix(20).map { problem in
      if problem.isOutside, let location = problem.location {
        return "\(location): is outside of the bundle and its shared directory; it cannot be imported"
      }
      let text = problem.text.prefix(1).lowercased() + problem.text.dropFirst()
      return problem.location.map { "\($0): \(text)" } ?? text
    }.joined(separator: "\n")
  }

  /// True when the raw output may be kept.
  var mayBeKept: Bool { !mentionsOutside }

  /// `    src/index.ts:14:24:` gives the path and the line.
  private static func location(_ line: Substring) -> (path: String, line: String)? {
    guard line.hasPrefix("    "), line.hasSuffix(":") else { return nil }
    let parts = line.dropLast().split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count >= 3, Int(parts[parts.count - 1]) != nil, Int(parts[parts.count - 2]) != nil else {
      return nil
    }
    let path = parts.dropLast(2).joined(separator: ":").trimmingBlanks()
    return path.isEmpty ? nil : (String(path), String(parts[parts.count - 2]))
  }
}
