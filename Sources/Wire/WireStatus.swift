package import BundleModel
package import JSON

/// A status as other programs read it: AppHub's 23 fields, always present, null where nothing is known, and ours.
///
/// Times are ISO 8601 with milliseconds, in UTC. Source: contract section 1.
package struct WireStatus: Sendable {
  private let status: BundleStatus
  private let publicURL: String?
  private let link: (url: String, expiresAt: Timestamp)?

  /// - Parameters:
  ///   - publicURL: scheme, host and port under which pods are reached; nil gives relative download links.
  ///   - link: stands in for the pods' download route.
  package init(
    _ status: BundleStatus, publicURL: String? = nil, link: (url: String, expiresAt: Timestamp)? = nil
  ) {
    self.status = status
    self.publicURL = publicURL
    self.link = link
  }

  /// The names on the wire, sorted: in this order they are written.
  private enum Field: String, CodingKey, CaseIterable {
    case artifactId, artifactUploadedAt, attempt, bytesDone, bytesTotal, cached, checksum, completedAt, contentType
    case createdAt, downloadUrl, downloadUrlExpiresAt, error, filename, fingerprint, jobId, message, pod, size, slug
    case stage, state, storageKey, storageKind, storageUrl, updatedAt, verification, verifiedAt, version
  }

  private func value(_ field: Field) -> WireValue {
    switch field {
    case .artifactId: WireValue(status.artifact?.id)
    case .artifactUploadedAt: WireValue(status.artifact?.uploadedAt)
    case .attempt: WireValue(status.attempt.map(Int64.init))
    case .bytesDone: WireValue(status.bytesDone)
    case .bytesTotal: WireValue(status.bytesTotal)
    case .cached: WireValue(status.cached)
    case .checksum: WireValue(status.checksum)
    case .completedAt: WireValue(status.completedAt)
    case .contentType: WireValue(status.artifact?.contentType)
    case .createdAt: .moment(status.createdAt)
    case .downloadUrl: WireValue(link?.url ?? status.downloadRoute(publicURL: publicURL))
    // The route never expires; the field is AppHub's and stays.
    case .downloadUrlExpiresAt: WireValue(link?.expiresAt)
    case .error: WireValue(status.error)
    case .filename: WireValue(status.filename)
    case .fingerprint: .text(status.fingerprint.text)
    case .jobId: WireValue(status.jobID)
    case .message: WireValue(status.message)
    case .pod: WireValue(status.pod)
    case .size: WireValue(status.artifact?.size)
    case .slug: .text(status.slug.text)
    case .stage: .text(status.stage.rawValue)
    case .state: .text(status.state.rawValue)
    case .storageKey: WireValue(status.artifact?.storageKey)
    case .storageKind: WireValue(status.artifact?.storageKind.rawValue)
    case .storageUrl: WireValue(status.artifact?.storageURL)
    case .updatedAt: .moment(status.updatedAt)
    case .verification: WireValue(status.artifact?.verification?.rawValue)
    case .verifiedAt: WireValue(status.artifact?.verifiedAt)
    case .version: WireValue(status.version)
    }
  }
}

extension WireStatus: Encodable {
  package func encode(to encoder: any Encoder) throws {
    var out = encoder.container(keyedBy: Field.self)
    for field in Field.allCases { try out.encode(value(field), forKey: field) }
  }
}

extension WireStatus {
  /// Writes the status as one object.
  package func write(to json: inout JSONWriter) {
    json.object { json in
      for field in Field.allCases {
        json.name(field.rawValue)
        value(field).write(to: &json)
      }
    }
  }

  /// Many statuses as one array.
  package static func array(_ statuses: [BundleStatus], publicURL: String?, layout: JSONWriter.Layout)
    -> JSONWriter
  {
    // A completed bundle takes about 900 bytes.
    var json = JSONWriter(layout, reservingCapacity: 1024 * statuses.count)
    json.array { json in
      for status in statuses { WireStatus(status, publicURL: publicURL).write(to: &json) }
    }
    return json
  }

  /// One status as an object on one line.
  package static func object(_ status: BundleStatus, publicURL: String?) -> [UInt8] {
    var json = JSONWriter(.line, reservingCapacity: 1024)
    WireStatus(status, publicURL: publicURL).write(to: &json)
    return json.bytes
  }

  /// The fields that AppHub's status files hold; what else there is a pod that reads files does not know, or makes up
  /// from the archive's file. Source: contract section 6.
  package static let filedNames = Set(filed.map(\.rawValue))
  private static let filed: [Field] = [
    .cached, .checksum, .createdAt, .error, .filename, .fingerprint, .jobId, .message, .slug, .stage, .state,
    .updatedAt, .version,
  ]

  /// Those fields of one status as an object on one line.
  package static func filed(_ status: BundleStatus) -> [UInt8] {
    var json = JSONWriter(.line, reservingCapacity: 512)
    let wire = WireStatus(status)
    json.object { json in
      for field in filed {
        json.name(field.rawValue)
        wire.value(field).write(to: &json)
      }
    }
    return json.bytes
  }

  /// The body of the pods' status route, which is AppHub's: `{"data":{"statuses":[…]}}`.
  package static func list(_ statuses: [BundleStatus], publicURL: String?) -> [UInt8] {
    list(statuses.lazy.map { object($0, publicURL: publicURL) }, capacity: 64 + 1024 * statuses.count)
  }

  /// The same of statuses that are written already, by `object`.
  ///
  /// - Parameter capacity: bytes to reserve.
  package static func list(_ objects: some Sequence<[UInt8]>, capacity: Int) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(capacity)
    out += #"{"data":{"statuses":["#.utf8
    var isFirst = true
    for object in objects {
      if !isFirst { out.append(UInt8(ascii: ",")) }
      isFirst = false
      out += object
    }
    out += "]}}".utf8
    return out
  }
}
