internal import BundleModel

/// One HTTP request, fully encoded and signed. The URL and the headers may hold secrets: neither is ever printed.
struct HTTPRequest: Sendable {
  enum Method: String, Sendable {
    case get = "GET"
    case head = "HEAD"
    case put = "PUT"
    case post = "POST"
    case delete = "DELETE"
  }

  var method: Method
  /// Percent-encoded; sent as it is.
  var url: String
  var headers: [HTTPHeader] = []
  var body: UploadBody?
  var sink = DownloadSink.memory(limit: 64 * 1024)
  var limits: CallLimits
}

/// What is sent. Both kinds can be sent again from the start.
enum UploadBody: Sendable {
  case bytes([UInt8])
  case file(FilePiece)

  /// Bytes to send.
  var size: Int64 {
    switch self {
    case .bytes(let bytes): Int64(bytes.count)
    case .file(let piece): piece.size
    }
  }
}

/// A range of a file, hashed while it leaves: when the digest is not `checksum`, the last bytes are never sent and
/// the request is aborted.
struct FilePiece: Sendable {
  var path: String
  /// Where the range begins, in bytes.
  var offset: Int64 = 0
  /// Its length.
  var size: Int64
  /// The whole file's length; a file of another length is refused.
  var fileSize: Int64
  /// The range's SHA-256.
  var checksum: Checksum
  var progress: ByteProgress?
}

/// Called with the bytes moved so far, on the transport's thread: return at once. May go back when a try is repeated.
package typealias ByteProgress = @Sendable (_ bytes: Int64) -> Void

/// Where the body of a 2xx answer goes. Other bodies always go to memory, the first 64 KiB of them.
enum DownloadSink: Sendable {
  /// Fails when the body is longer than `limit`.
  case memory(limit: Int)
  /// An object's bytes, which may come in several tries.
  case object(ObjectReceiver)
}

/// A complete answer.
struct HTTPResponse: Sendable {
  var status: Int
  var headers: HTTPHeaders
  /// Empty when the object went to a file or was only hashed.
  var body: [UInt8]
  /// Length of the body.
  var received: Int64
  /// SHA-256 of the body, when it is an object.
  var digest: Checksum?
}

/// Why there is no complete answer.
struct TransportError: Error, Sendable {
  enum Kind: Sendable {
    case cancelled, unreachable, connection, timeout
    /// What was to be sent is not what was promised.
    case bodyChanged
    /// The answer's body is longer than the sink takes.
    case tooLong
    /// The answer is not one to what was asked.
    case dishonest
    /// A file of ours could not be read or written.
    case file
  }

  var kind: Kind
  /// One line without the URL.
  var detail: String
}
