internal import BundleModel
internal import HTTPTransport
import Synchronization

/// Where a bucket is asked for and which region signatures name.
struct BucketRoute: Sendable {
  var endpoint: S3Endpoint
  var signer: SignatureV4
}

/// The buckets that turned out to be in another region than the client's.
final class BucketRegions: Sendable {
  /// How many are remembered; whoever has more pays a redirect now and then.
  static let capacity = 128

  /// The way to all others.
  let home: BucketRoute
  private let away = Mutex<[String: BucketRoute]>([:])

  init(home: BucketRoute) { self.home = home }

  /// The way to a bucket, as far as is known.
  func route(_ bucket: String) -> BucketRoute { away.withLock { $0[bucket] } ?? home }

  /// Remembers a bucket's region; the way there.
  @discardableResult
  func remember(_ bucket: String, in region: String) -> BucketRoute {
    away.withLock { away in
      guard region != home.signer.region else {
        away[bucket] = nil
        return home
      }
      if away.count >= Self.capacity, away[bucket] == nil, let any = away.keys.first { away[any] = nil }
      let signer =
        away.values.first { $0.signer.region == region }?.signer
        ?? SignatureV4(credentials: home.signer.credentials, region: region)
      let route = BucketRoute(endpoint: home.endpoint.moved(to: region), signer: signer)
      away[bucket] = route
      return route
    }
  }

  /// Asks at home again.
  func forget(_ bucket: String) { away.withLock { $0[bucket] = nil } }

  /// The region that an answer sends us to; nil when it does not, or names what can be none. A Location is never
  /// looked at: only the region is taken, and only the signature and, at Amazon's, the host's region change.
  ///
  /// - Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html
  static func redirect(_ response: HTTPResponse, code: String, region told: String) -> String? {
    switch response.status {
    case 301, 302, 307, 308: break
    // The answer to a HEAD has no body to say why.
    case 400 where code == "AuthorizationHeaderMalformed" || code.isEmpty: break
    default: return nil
    }
    let region = response.headers["x-amz-bucket-region"] ?? told
    let isName = region.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
    return isName && (1...40).contains(region.utf8.count) ? region : nil
  }
}

extension S3Endpoint {
  /// The same service in another region: Amazon's hosts name their region, all others stay what the user named.
  func moved(to region: String) -> S3Endpoint {
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    guard let amazon = labels.firstIndex(of: "amazonaws"), labels.first == "s3",
      [["com"], ["com", "cn"]].contains(Array(labels[(amazon + 1)...]))
    else { return self }
    let suffix = labels[amazon...].joined(separator: ".")
    let moved: S3Endpoint?
    switch amazon {
    case 1, 2:  // s3.amazonaws.com, s3.REGION.amazonaws.com
      moved = S3Endpoint("\(scheme)://s3.\(region).\(suffix)\(port.map { ":\($0)" } ?? "")", pathStyle: pathStyle)
    case 3 where labels[1] == "dualstack":
      moved = S3Endpoint(
        "\(scheme)://s3.dualstack.\(region).\(suffix)\(port.map { ":\($0)" } ?? "")", pathStyle: pathStyle)
    default: moved = nil
    }
    return moved ?? self
  }
}
