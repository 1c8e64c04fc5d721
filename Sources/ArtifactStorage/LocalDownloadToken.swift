package import BundleModel
internal import COpenSSL
internal import Hashing
internal import S3

/// What a link to a directory's archive promises, and what its token covers.
package struct LocalLink: Sendable {
  package var slug: Slug
  package var fingerprint: Fingerprint
  /// The exact key of the row.
  package var key: String
  /// Since 1970.
  package var expiresMilliseconds: Int64
  /// As the link's `filename` says it; nil when it says none.
  package var filename: String?

  package init(
    slug: Slug, fingerprint: Fingerprint, key: String, expiresMilliseconds: Int64, filename: String? = nil
  ) {
    self.slug = slug
    self.fingerprint = fingerprint
    self.key = key
    self.expiresMilliseconds = expiresMilliseconds
    self.filename = filename
  }
}

/// The tokens of a directory's download links.
///
/// With a key ring: `<kid>.<hex>`, the HMAC-SHA256 of `v2`, key id, slug, fingerprint, storage key, expiry and file
/// name, each with its length, so that no two links have one text. With a plain secret the form of AppHub, which is
/// always accepted: hex HMAC-SHA256 of `v1\n<slug>\n<fingerprint>\n<storageKey>\n<expires in ms since 1970>`.
package struct LocalDownloadToken: Sendable {
  /// What a token is worth.
  package enum Verdict: Sendable, Equatable {
    case refused
    /// Ours, and its time has not come.
    ///
    /// - Parameter coversFilename: false for AppHub's form: anybody may have changed the file name, which then
    ///   decides nothing but what a browser calls the file.
    case valid(coversFilename: Bool)
  }

  private let ring: LinkKeyRing

  /// - Parameter ring: the same on every pod, or links of one are refused by the others.
  package init(ring: LinkKeyRing) { self.ring = ring }

  /// The token of a link, by the ring's first key.
  package func token(_ link: LocalLink) -> Secret<String> {
    guard let first = ring.keys.first else {
      return Secret(ByteText.hex(LocalDownloadToken.contractCode(link, key: ring.plain)))
    }
    return Secret("\(first.id)." + ByteText.hex(LocalDownloadToken.code(link, id: first.id, key: first.secret)))
  }

  /// Whether a token is ours and has not expired.
  ///
  /// A wrong token takes the same time wherever it differs, and an unknown key id as long as a known one.
  package func verdict(_ token: String, _ link: LocalLink, now: Timestamp) -> Verdict {
    // In bytes: a combining accent behind the dot would hide it from a search by characters.
    let bytes = Array(token.utf8.prefix(200))
    let dot = bytes.firstIndex(of: 46)
    let digits = String(decoding: dot.map { bytes[($0 + 1)...] } ?? bytes[...], as: UTF8.self)
    let decoded = ByteText.bytes(hex: digits)
    let isWhole = decoded?.count == 32
    let given = isWhole ? decoded! : [UInt8](repeating: 0, count: 32)
    var isEqual = false
    if let dot {
      let key = ring.keys.first { $0.id.utf8.elementsEqual(bytes[..<dot]) }
      let id = String(decoding: bytes[..<dot], as: UTF8.self)
      let code = LocalDownloadToken.code(link, id: id, key: key?.secret ?? ring.plain)
      let isSame = ossl_equal(given, code, 32) == 1
      isEqual = isSame && key != nil
    } else {
      for secret in [ring.plain] + ring.keys.map(\.secret) {
        let isSame = ossl_equal(given, LocalDownloadToken.contractCode(link, key: secret), 32) == 1
        isEqual = isSame || isEqual
      }
    }
    guard isEqual, isWhole, now.microseconds / 1000 < link.expiresMilliseconds else { return .refused }
    return .valid(coversFilename: dot != nil)
  }

  private static func code(_ link: LocalLink, id: String, key: Secret<[UInt8]>) -> [UInt8] {
    var text = "v2\n"
    let fields = [
      id, link.slug.text, link.fingerprint.text, link.key, String(link.expiresMilliseconds), link.filename ?? "",
    ]
    for field in fields { text += "\(field.utf8.count):\(field)\n" }
    return SHA256.authenticate(text, key: key.reveal())
  }

  private static func contractCode(_ link: LocalLink, key: Secret<[UInt8]>) -> [UInt8] {
    SHA256.authenticate(
      "v1\n\(link.slug.text)\n\(link.fingerprint.text)\n\(link.key)\n\(link.expiresMilliseconds)", key: key.reveal()
    )
  }
}
