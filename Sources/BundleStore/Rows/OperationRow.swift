internal import BundleModel
internal import FoundationEssentials
internal import Postgres

/// Reads a line of the audit.
enum OperationRow: StoredRow {
  static let columns = [
    "id", "at", "who", "db_user", "client_address", "what", "slug", "why", "result", "detail",
  ]

  static func read(_ reader: inout RowReader) throws -> Operation? {
    let id: Int64 = try reader.next()
    let at: Timestamp = try reader.next()
    let who: String = try reader.next()
    let databaseUser: String = try reader.next()
    let clientAddress: String? = try reader.next()
    let what: String = try reader.next()
    let slug: String? = try reader.next()
    let why: String? = try reader.next()
    let result: String = try reader.next()
    let detail: String = try reader.next()
    return Operation(
      id: id, at: at, who: who, databaseUser: databaseUser, clientAddress: clientAddress, what: what,
      slug: slug.flatMap(Slug.init), why: why, result: result, detail: values(detail))
  }

  private enum Scalar: Decodable {
    case text(String)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self) {
        self = .text(text)
      } else if let flag = try? container.decode(Bool.self) {
        self = .text("\(flag)")
      } else if let number = try? container.decode(Int64.self) {
        self = .text("\(number)")
      } else {
        self = .text("\(try container.decode(Double.self))")
      }
    }
  }

  /// The members that are plain values; what another program nested is left out.
  private static func values(_ json: String) -> [String: String] {
    guard let members = try? JSONDecoder().decode([String: Scalar].self, from: Data(json.utf8)) else { return [:] }
    return members.mapValues { scalar in
      switch scalar {
      case .text(let text): text
      }
    }
  }
}
