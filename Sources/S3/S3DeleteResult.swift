/// The answer to DeleteObjects: what was not deleted.
///
/// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
struct S3DeleteResult: Equatable {
  var failures: [S3DeleteFailure] = []

  init(_ bytes: [UInt8]) throws(XMLReader.Malformed) {
    let none = S3DeleteFailure(key: "", code: "", message: "")
    var row = none
    var rows: [S3DeleteFailure] = []
    let isRead = try XMLWalk.read(bytes, root: "DeleteResult") { path, text in
      switch path {
      case ["Error", "Key"]: row.key += text
      case ["Error", "Code"]: row.code += text
      case ["Error", "Message"]: row.message += text
      default: break
      }
    } end: { path in
      guard path == ["Error"] else { return }
      rows.append(row)
      row = none
    }
    guard isRead else { throw XMLReader.Malformed(offset: 0) }
    failures = rows
  }
}

/// The answer to GetBucketLocation.
struct S3Location: Equatable {
  /// A region; AWS leaves its first one empty and calls one by an old name.
  var region: String

  init(_ bytes: [UInt8]) throws(XMLReader.Malformed) {
    var text = ""
    let isRead = try XMLWalk.read(bytes, root: "LocationConstraint") { path, piece in
      if path.isEmpty { text += piece }
    }
    guard isRead else { throw XMLReader.Malformed(offset: 0) }
    switch text {
    case "": region = "us-east-1"
    case "EU": region = "eu-west-1"
    default: region = text
    }
  }
}
