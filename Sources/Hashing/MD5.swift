internal import COpenSSL

/// The broken digest that some old interfaces still want as a checksum; proves nothing against an attacker.
///
/// Source: RFC 1321, by libcrypto.
package enum MD5 {
  /// The 16 bytes of the digest; nil where libcrypto offers no MD5, as in FIPS mode.
  package static func digest(of bytes: [UInt8]) -> [UInt8]? {
    var ok: Int32 = 0
    let digest = [UInt8](unsafeUninitializedCapacity: 16) { out, count in
      ok = bytes.withRawBytes { ossl_md5($0.baseAddress, $0.count, out.baseAddress) }
      count = ok == 1 ? 16 : 0
    }
    return ok == 1 ? digest : nil
  }
}
