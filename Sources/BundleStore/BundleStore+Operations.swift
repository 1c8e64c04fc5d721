package import BundleModel
internal import FoundationEssentials
internal import Postgres

/// One line of the audit: what a person did.
package struct Operation: Equatable, Sendable {
  /// Grows with time.
  package var id: Int64
  package var at: Timestamp
  /// The name that was claimed.
  package var who: String
  /// The role that the database knows it by.
  package var databaseUser: String
  /// Where the connection came from; nil for a local one.
  package var clientAddress: String?
  package var what: String
  package var slug: Slug?
  package var why: String?
  package var result: String
  /// More, by name.
  package var detail: [String: String]
}

extension BundleStore {
  /// The audit, newest first.
  ///
  /// - Parameters:
  ///   - what: only this kind, such as `retry`.
  ///   - before: only those older than this id, for the next page.
  package func operations(of slug: Slug? = nil, what: String? = nil, before: Int64? = nil, limit: Int = 100)
    async throws(StoreError) -> [Operation]
  {
    let rows = try await query(
      SQLText.operations,
      [Parameter(slug?.text), Parameter(what), before.map { .integer($0) } ?? .null, .integer(Int64(limit))])
    return try decoding { try rows.map(Self.operation) }
  }

  private static func operation(_ row: Row) throws -> Operation {
    var reader = row.reader()
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
