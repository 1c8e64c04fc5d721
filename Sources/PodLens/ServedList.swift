package import BundleModel
internal import JSON

/// One answer of a status route, or what the database holds, written as a pod would serve it.
package struct ServedList: Equatable, Sendable {
  /// SHA-256 of the body.
  package var checksum: Checksum
  package var body: [UInt8]
  /// What it was read in; nil where the answer names none.
  package var snapshot: DatabaseSnapshot?
  /// Where it was read.
  package var side: ReadSide
  /// What tells these statuses from others by the fields that files hold; nil where nobody reads files.
  package var filed: Checksum?

  package init(
    checksum: Checksum, body: [UInt8], snapshot: DatabaseSnapshot?, side: ReadSide = .database,
    filed: Checksum? = nil
  ) {
    self.checksum = checksum
    self.body = body
    self.snapshot = snapshot
    self.side = side
    self.filed = filed
  }

  /// The rows by slug; nil when the body is not a status list.
  func rows() -> [String: JSONObject]? {
    guard let document = try? JSONValue(parsing: body), case .object(let envelope) = document,
      case .object(let data)? = envelope["data"], case .array(let statuses)? = data["statuses"]
    else { return nil }
    var rows: [String: JSONObject] = [:]
    for status in statuses {
      guard case .object(let row) = status, case .string(let slug)? = row["slug"],
        rows.updateValue(row, forKey: slug) == nil
      else { return nil }
    }
    return rows
  }
}
