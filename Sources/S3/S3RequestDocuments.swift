/// The documents that are sent.
enum S3Documents {
  private static let namespace = " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\""

  /// The body of CompleteMultipartUpload.
  ///
  /// - Parameter withChecksums: for servers that keep a SHA-256 with each part; others do not know the element.
  static func completion(_ parts: [SentPart], withChecksums: Bool) -> [UInt8] {
    var out = Array("<CompleteMultipartUpload\(namespace)>".utf8)
    for part in parts {
      out += "<Part><PartNumber>\(part.number)</PartNumber><ETag>".utf8
      append(part.etag, to: &out)
      out += "</ETag>".utf8
      if withChecksums { out += "<ChecksumSHA256>\(ByteEncoding.base64(part.checksum))</ChecksumSHA256>".utf8 }
      out += "</Part>".utf8
    }
    out += "</CompleteMultipartUpload>".utf8
    return out
  }

  /// The body of DeleteObjects, whose answer names only what failed.
  static func deletion(_ keys: [String]) -> [UInt8] {
    var out = Array("<Delete\(namespace)><Quiet>true</Quiet>".utf8)
    for key in keys {
      out += "<Object><Key>".utf8
      append(key, to: &out)
      out += "</Key></Object>".utf8
    }
    out += "</Delete>".utf8
    return out
  }

  /// False for text that no XML 1.0 document can hold, escaped or not.
  ///
  /// Source: https://www.w3.org/TR/xml/#charsets
  static func canWrite(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy {
      switch $0.value {
      case 0..<9, 11, 12, 14..<32, 0xFFFE, 0xFFFF: false
      default: true
      }
    }
  }

  private static func append(_ text: String, to out: inout [UInt8]) {
    for byte in text.utf8 {
      switch byte {
      case 38: out += "&amp;".utf8
      case 60: out += "&lt;".utf8
      case 62: out += "&gt;".utf8
      case 34: out += "&quot;".utf8
      // A reader would make one line feed of any line break.
      case 9: out += "&#9;".utf8
      case 10: out += "&#10;".utf8
      case 13: out += "&#13;".utf8
      default: out.append(byte)
      }
    }
  }
}
