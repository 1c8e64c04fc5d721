import HTTPTransport
import TestSupport
import Testing

@testable import S3

/// TLS as it happens: who is believed, under which name, and how old the protocol may be.
@Suite struct TrustTests {
  private func get(_ address: String, _ trust: TLSTrust, proxy: HTTPProxy? = nil) async throws -> Result<
    String, S3Error
  > {
    let client = try scriptedClient(at: address, trust: trust, proxy: proxy)
    do throws(S3Error) {
      let (bytes, _) = try await client.getObject(bucket: "bucket", key: "key", limit: 1 << 20)
      return .success(String(decoding: bytes, as: UTF8.self))
    } catch {
      return .failure(error)
    }
  }

  @Test func onlyWhomWeAreTold() async throws {
    guard try Need.program("openssl", for: "TLS with an authority of our own") else { return }
    let certificates = try await TLSServer.Certificates()
    let server = try await TLSServer(certificates)
    for host in ["127.0.0.1", "localhost"] {
      let address = "https://\(host):\(server.port)"
      let trusted = try await get(address, TLSTrust(certificateFile: certificates.authority))
      #expect(try trusted.get().contains("TLSv1.3"))
    }
    let address = "https://127.0.0.1:\(server.port)"
    let byFolder = try await get(address, TLSTrust(certificateDirectory: certificates.folder))
    #expect(try byFolder.get().contains("TLSv1.3"))

    let stranger = try await get(address, TLSTrust())
    #expect(stranger.failure?.kind == .unreachable)
    #expect(stranger.failure?.message.contains("certificate is not trusted") == true)
    let other = try await TLSServer.Certificates()
    #expect(try await get(address, TLSTrust(certificateFile: other.authority)).failure?.kind == .unreachable)
    let missing = try await get(address, TLSTrust(certificateFile: "/nonexistent/ca.pem"))
    #expect(missing.failure?.message.contains("trusted certificates cannot be read") == true)
  }

  @Test func onlyUnderItsName() async throws {
    guard try Need.program("openssl", for: "TLS with an authority of our own") else { return }
    let certificates = try await TLSServer.Certificates(for: "DNS:storage.example")
    let server = try await TLSServer(certificates)
    for host in ["127.0.0.1", "localhost"] {
      let result = try await get(
        "https://\(host):\(server.port)", TLSTrust(certificateFile: certificates.authority))
      #expect(result.failure?.kind == .unreachable)
    }
  }

  /// TLS 1.2 will do, 1.1 will not, though a server may offer nothing else.
  @Test func noOldProtocols() async throws {
    guard try Need.program("openssl", for: "TLS with an authority of our own") else { return }
    let certificates = try await TLSServer.Certificates()
    let trust = TLSTrust(certificateFile: certificates.authority)
    let good = try await TLSServer(certificates, ["-tls1_2"])
    #expect(try await get("https://127.0.0.1:\(good.port)", trust).get().contains("TLSv1.2"))
    let old = try await TLSServer(certificates, ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"])
    let result = try await get("https://127.0.0.1:\(old.port)", trust)
    #expect(result.failure?.kind == .unreachable)
    #expect(result.failure?.message.contains("does not speak TLS as we do") == true)
  }

  /// The proxy sees a tunnel: neither what is asked nor who signs.
  @Test func throughATunnel() async throws {
    guard try Need.program("openssl", for: "TLS with an authority of our own") else { return }
    let certificates = try await TLSServer.Certificates()
    let server = try await TLSServer(certificates)
    let tunnel = try TunnelProxy(to: server.port)
    defer { tunnel.stop() }
    let proxy = try #require(HTTPProxy("http://user:pass@127.0.0.1:\(tunnel.port)"))
    let result = try await get(
      "https://localhost:\(server.port)", TLSTrust(certificateFile: certificates.authority), proxy: proxy)
    #expect(try result.get().contains("TLSv1.3"))
    #expect(tunnel.heads.count == 1)
    let head = tunnel.heads.first ?? ""
    #expect(head.hasPrefix("CONNECT localhost:\(server.port) HTTP/1.1\r\n"))
    #expect(head.contains("Proxy-Authorization: Basic dXNlcjpwYXNz\r\n"))
    #expect(!head.contains("AKID") && !head.contains("bucket"))
  }
}

extension Result where Failure == S3Error {
  fileprivate var failure: S3Error? { if case .failure(let error) = self { error } else { nil } }
}
