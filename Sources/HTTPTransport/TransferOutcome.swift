internal import CCurl
import Glibc
internal import ProcessControl

/// What libcurl's result codes mean.
enum TransferOutcome {
  /// The status of a finished transfer, or why there is none.
  static func of(
    _ easy: UnsafeMutableRawPointer, code: CURLcode, limits: TransferLimits
  ) -> Result<Int, TransportError> {
    guard code != CURLE_OK else { return .success(ccurl_get_long(easy, CURLINFO_RESPONSE_CODE)) }
    let reason = ccurl_get_long(easy, CURLINFO_OS_ERRNO)
    let system = reason == 0 ? nil : systemReason(CInt(reason)).lowercased()
    func fail(_ kind: TransportError.Kind, _ detail: String) -> Result<Int, TransportError> {
      .failure(TransportError(kind, detail))
    }
    // A proxy's refusal to connect us comes as a broken connection.
    let proxyStatus = ccurl_get_long(easy, CURLINFO_HTTP_CONNECTCODE)
    if proxyStatus >= 300 { return fail(.unreachable, "the proxy refuses to connect us (HTTP \(proxyStatus))") }
    switch code {
    case CURLE_COULDNT_CONNECT: return fail(.connection, "cannot connect: \(system ?? "no connection")")
    case CURLE_COULDNT_RESOLVE_HOST: return fail(.unreachable, "the host name is unknown")
    case CURLE_OPERATION_TIMEDOUT:
      let phase =
        ccurl_get_long(easy, CURLINFO_RESPONSE_CODE) == 0 && ccurl_get_long(easy, CURLINFO_NUM_CONNECTS) == 0
      return fail(.timeout, phase ? "no connection within \(limits.connect.inWords)" : "the transfer timed out")
    case CURLE_COULDNT_RESOLVE_PROXY: return fail(.unreachable, "the proxy's host name is unknown")
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR:
      return fail(.unreachable, "the server's certificate is not trusted")
    case CURLE_SSL_CACERT_BADFILE:
      return fail(.unreachable, "the file or directory of trusted certificates cannot be read")
    case CURLE_SSL_CONNECT_ERROR where reason != 0:
      return fail(.connection, "the connection broke: \(system ?? "")")
    case CURLE_SSL_CONNECT_ERROR: return fail(.unreachable, "the server does not speak TLS as we do")
    // The request's scheme is one of two that are spoken: it is the answer's that is not.
    case CURLE_UNSUPPORTED_PROTOCOL: return fail(.connection, "the answer is not HTTP")
    case CURLE_URL_MALFORMAT:
      return fail(.unreachable, "libcurl refuses the address")
    case CURLE_PARTIAL_FILE: return fail(.connection, "the answer ended before its length was reached")
    case CURLE_GOT_NOTHING: return fail(.connection, "the connection was closed without an answer")
    case CURLE_SEND_ERROR, CURLE_RECV_ERROR:
      return fail(.connection, "the connection broke: \(system ?? "closed by the other side")")
    default: return fail(.connection, String(cString: curl_easy_strerror(code)).lowercased())
    }
  }
}
