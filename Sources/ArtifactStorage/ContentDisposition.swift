internal import S3

/// The header that makes a browser save a download under a name.
package enum ContentDisposition {
  /// `attachment; filename="ascii"; filename*=UTF-8''encoded`; the second part only when the name is not plain.
  ///
  /// Source: RFC 6266 section 4.3, RFC 8187 section 3.2.
  package static func attachment(_ filename: String) -> String {
    var plain: [UInt8] = []
    var isExact = true
    for scalar in filename.unicodeScalars {
      let isPlain = scalar.isASCII && scalar.value >= 32 && scalar.value != 127
      if isPlain, scalar != "\"", scalar != "\\", scalar != "%", scalar != "/" {
        plain.append(UInt8(scalar.value))
      } else {
        plain.append(95)
        isExact = false
      }
    }
    let ascii = "attachment; filename=\"\(String(decoding: plain, as: UTF8.self))\""
    return isExact ? ascii : ascii + "; filename*=UTF-8''" + ByteText.percentEncoded(filename)
  }
}
