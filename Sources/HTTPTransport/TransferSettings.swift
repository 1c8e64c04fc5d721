internal import BundleModel
internal import CCurl
import Glibc
internal import ProcessControl

/// What libcurl is told about one transfer, and what its result codes mean.
///
/// CURLOPT_AWS_SIGV4 is not used (wrong for many keys), CURLOPT_VERBOSE never (prints Authorization), HTTP/2 never
/// (stalls in these versions and gains nothing here).
enum TransferSettings {
  /// Sets everything; false when libcurl refuses an option.
  static func apply(_ transfer: Transfer, to easy: UnsafeMutableRawPointer, door: NetworkDoor) -> Bool {
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
    set(CURLOPT_NOSIGNAL, 1)
    check(ccurl_close_sockets_on_exec(easy))
    set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
    set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    set(CURLOPT_USERAGENT, "bundletop")
    set(CURLOPT_TCP_KEEPALIVE, 1)
    apply(door, set, check, easy)

    let limits = request.limits
    let bytes = request.body?.size ?? 0
    set(CURLOPT_CONNECTTIMEOUT_MS, limits.connect.milliseconds)
    set(CURLOPT_LOW_SPEED_LIMIT, 1)
    // Waiting for an answer is no stall, though libcurl counts it as one; `Transfer.deadline` is the finer watch.
    set(CURLOPT_LOW_SPEED_TIME, max(1, max(limits.stall, limits.response).milliseconds / 1000))
    if let total = limits.total { set(CURLOPT_TIMEOUT_MS, total.milliseconds) }
    if case .receiver = request.sink { set(CURLOPT_BUFFERSIZE, 256 * 1024) }

    switch request.method {
    case .get: set(CURLOPT_HTTPGET, 1)
    case .head: set(CURLOPT_NOBODY, 1)
    case .put, .post, .delete: set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
    }
    if request.body != nil {
      set(CURLOPT_UPLOAD, 1)
      check(ccurl_set_offset(easy, CURLOPT_INFILESIZE_LARGE, curl_off_t(bytes)))
      // 16 KiB is libcurl's least. More than this is not faster, and every transfer of many has one.
      set(CURLOPT_UPLOAD_BUFFERSIZE, Int(min(max(bytes, 16 * 1024), 128 * 1024)))
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

  /// Proxy and trust are what the configuration says, never what the environment does.
  private static func apply(
    _ door: NetworkDoor, _ set: (CURLoption, String) -> Void, _ check: (CURLcode) -> Void,
    _ easy: UnsafeMutableRawPointer
  ) {
    set(CURLOPT_PROXY, door.proxy?.address ?? "")
    set(CURLOPT_NOPROXY, door.proxy == nil ? "*" : "")
    if let proxy = door.proxy {
      check(ccurl_set_long(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1))  // else its answer is taken for the server's
      if let login = proxy.login {
        set(CURLOPT_PROXYUSERNAME, login.reveal().user)
        set(CURLOPT_PROXYPASSWORD, login.reveal().password)
      }
    }
    guard door.trust != TLSTrust() else { return }
    // A nil takes the system's place out, which libcurl would look into besides.
    check(ccurl_set_string(easy, CURLOPT_CAINFO, door.trust.certificateFile))
    check(ccurl_set_string(easy, CURLOPT_CAPATH, door.trust.certificateDirectory))
  }

  /// A header with an empty value needs a semicolon, or libcurl takes it out. Line breaks never pass.
  private static func headerLine(_ header: HTTPHeader) -> String {
    let value = header.value.filter { !$0.isNewline && $0 != "\0" }
    return value.isEmpty ? "\(header.name);" : "\(header.name): \(value)"
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
