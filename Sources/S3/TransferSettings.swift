internal import CCurl
import Glibc
internal import ProcessControl

/// What libcurl is told about one transfer, and what its result codes mean.
///
/// CURLOPT_AWS_SIGV4 is not used (wrong for many keys), CURLOPT_VERBOSE never (prints Authorization), HTTP/2 never
/// (stalls in these versions and gains nothing here).
enum TransferSettings {
  /// Sets everything; false when libcurl refuses an option.
  static func apply(_ transfer: Transfer, to easy: UnsafeMutableRawPointer) -> Bool {
    let request = transfer.request
    let context = Unmanaged.passUnretained(transfer).toOpaque()  // the loop keeps it until the handle is removed
    var ok = true
    func check(_ code: CURLcode) { ok = ok && code == CURLE_OK }
    func set(_ option: CURLoption, _ value: Int) { check(ccurl_set_long(easy, option, value)) }
    func set(_ option: CURLoption, _ value: String) { check(ccurl_set_string(easy, option, value)) }

    set(CURLOPT_URL, request.url)
    set(CURLOPT_PATH_AS_IS, 1)  // else `/./` and `/../` vanish after signing
    set(CURLOPT_PROTOCOLS_STR, "http,https")
    set(CURLOPT_FOLLOWLOCATION, 0)  // a redirect would take our headers to another host
    set(CURLOPT_NOPROXY, "*")  // the endpoint is what the user named; proxy variables do not reroute it
    set(CURLOPT_NOSIGNAL, 1)
    check(ccurl_close_sockets_on_exec(easy))
    set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
    set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    set(CURLOPT_USERAGENT, "bundletop")
    set(CURLOPT_TCP_KEEPALIVE, 1)
    set(CURLOPT_BUFFERSIZE, 256 * 1024)

    let limits = request.limits
    let bytes = request.body?.size ?? 0
    set(CURLOPT_CONNECTTIMEOUT_MS, limits.connect.milliseconds)
    set(CURLOPT_LOW_SPEED_LIMIT, 1)
    set(CURLOPT_LOW_SPEED_TIME, max(1, limits.stall.milliseconds / 1000))
    // A download's length is not known yet: it ends by stalling, or by an hour at most.
    let total = request.sink.isUnbounded ? max(limits.total, .seconds(3600)) : limits.total(bytes: bytes)
    set(CURLOPT_TIMEOUT_MS, total.milliseconds)

    switch request.method {
    case .get: set(CURLOPT_HTTPGET, 1)
    case .head: set(CURLOPT_NOBODY, 1)
    case .put, .post, .delete: set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
    }
    if request.body != nil {
      set(CURLOPT_UPLOAD, 1)
      check(ccurl_set_offset(easy, CURLOPT_INFILESIZE_LARGE, curl_off_t(bytes)))
      set(CURLOPT_UPLOAD_BUFFERSIZE, 512 * 1024)
      check(ccurl_set_data_callback(easy, CURLOPT_READFUNCTION, readCallback))
      check(ccurl_set_context(easy, CURLOPT_READDATA, context))
      check(ccurl_set_seek_callback(easy, seekCallback))
      check(ccurl_set_context(easy, CURLOPT_SEEKDATA, context))
    }
    check(ccurl_set_data_callback(easy, CURLOPT_HEADERFUNCTION, headCallback))
    check(ccurl_set_context(easy, CURLOPT_HEADERDATA, context))
    check(ccurl_set_data_callback(easy, CURLOPT_WRITEFUNCTION, bodyCallback))
    check(ccurl_set_context(easy, CURLOPT_WRITEDATA, context))

    // Without the empty one libcurl waits a second for servers that ignore `Expect: 100-continue`.
    for line in ["Expect:", "Accept:"] + request.headers.map(headerLine) {
      guard let list = curl_slist_append(transfer.headerList, line) else { return false }
      transfer.headerList = list
    }
    check(ccurl_set_list(easy, CURLOPT_HTTPHEADER, transfer.headerList))
    return ok
  }

  /// A header with an empty value needs a semicolon, or libcurl takes it out. Line breaks never pass.
  private static func headerLine(_ header: HTTPHeader) -> String {
    let value = header.value.filter { !$0.isNewline && $0 != "\0" }
    return value.isEmpty ? "\(header.name);" : "\(header.name): \(value)"
  }

  /// The status of a finished transfer, or why there is none.
  static func outcome(
    of easy: UnsafeMutableRawPointer, code: CURLcode, limits: CallLimits
  ) -> Result<Int, TransportError> {
    guard code != CURLE_OK else { return .success(ccurl_get_long(easy, CURLINFO_RESPONSE_CODE)) }
    let reason = ccurl_get_long(easy, CURLINFO_OS_ERRNO)
    let system = reason == 0 ? nil : systemReason(CInt(reason)).lowercased()
    func fail(_ kind: TransportError.Kind, _ detail: String) -> Result<Int, TransportError> {
      .failure(TransportError(kind: kind, detail: detail))
    }
    switch code {
    case CURLE_COULDNT_CONNECT: return fail(.connection, "cannot connect: \(system ?? "no connection")")
    case CURLE_COULDNT_RESOLVE_HOST: return fail(.unreachable, "the host name is unknown")
    case CURLE_OPERATION_TIMEDOUT:
      let phase =
        ccurl_get_long(easy, CURLINFO_RESPONSE_CODE) == 0 && ccurl_get_long(easy, CURLINFO_NUM_CONNECTS) == 0
      return fail(.timeout, phase ? "no connection within \(limits.connect.inWords)" : "the transfer timed out")
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR:
      return fail(.unreachable, "the server's certificate is not trusted")
    case CURLE_SSL_CONNECT_ERROR: return fail(.unreachable, "the server does not speak TLS as we do")
    case CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT:
      return fail(.unreachable, "libcurl refuses the address")
    case CURLE_PARTIAL_FILE: return fail(.connection, "the answer ended before its length was reached")
    case CURLE_GOT_NOTHING: return fail(.connection, "the connection was closed without an answer")
    case CURLE_SEND_ERROR, CURLE_RECV_ERROR:
      return fail(.connection, "the connection broke: \(system ?? "closed by the other side")")
    default: return fail(.connection, String(cString: curl_easy_strerror(code)).lowercased())
    }
  }
}

extension DownloadSink {
  /// True when the length of the answer is not bounded by us.
  fileprivate var isUnbounded: Bool {
    switch self {
    case .memory: false
    case .file, .hash: true
    }
  }
}

// C callbacks: they take the context back, call one method and translate its answer. Nothing here may trap.

private func transfer(_ context: UnsafeMutableRawPointer) -> Transfer {
  Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
}

private let readCallback: ccurl_data_callback = { data, size, count, context in
  guard let data, let context else { return Int(ccurl_read_abort) }
  let buffer = UnsafeMutableRawBufferPointer(start: data, count: size * count)
  return transfer(context).read(into: buffer) ?? Int(ccurl_read_abort)
}

private let seekCallback: ccurl_seek_callback = { context, offset, origin in
  guard let context, origin == SEEK_SET else { return CInt(ccurl_seek_fail) }
  return CInt((transfer(context).seek(to: Int64(offset)) ? ccurl_seek_ok : ccurl_seek_fail))
}

private let headCallback: ccurl_data_callback = { data, size, count, context in
  guard let data, let context else { return 0 }
  return transfer(context).receive(head: UnsafeRawBufferPointer(start: data, count: size * count))
    ? size * count : 0
}

private let bodyCallback: ccurl_data_callback = { data, size, count, context in
  guard let data, let context else { return 0 }
  return transfer(context).receive(body: UnsafeRawBufferPointer(start: data, count: size * count))
    ? size * count : 0
}
