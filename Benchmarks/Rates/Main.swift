internal import BundleModel
internal import BundleStore
internal import Glibc
internal import Hashing
internal import ProcessControl
internal import S3

/// How fast the library signs and hashes on one thread and works through jobs, without a program around it.
///
///     rates presign URLS                 URLs a second, and one URL for checking
///     rates sha256 BLOCK BYTES           bytes a second, fed in blocks of BLOCK bytes
///     rates claims CLIENTS JOBS BUNDLES  jobs a second, each claimed out of so many bundles and completed
///
/// Keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the database from DATABASE_URL. Time of the first two is
/// that of the processor, not of the clock on the wall, so that other programs on the machine do not count.
@main struct Main {
  static func main() async {
    let words = CommandLine.arguments.dropFirst()
    switch (words.first, words.dropFirst().map { Int($0) ?? 0 }) {
    case ("presign", let sizes) where sizes.count == 1 && sizes[0] > 0: presign(urls: sizes[0])
    case ("sha256", let sizes) where sizes.count == 2 && sizes.min() ?? 0 > 0:
      hash(block: sizes[0], bytes: sizes[1])
    case ("claims", let sizes) where sizes.count == 3 && sizes.min() ?? 0 > 0:
      await work(Claims(clients: sizes[0], jobs: sizes[1], bundles: sizes[2]))
    default:
      StandardStream.errors.write("usage: rates presign URLS | sha256 BLOCK BYTES | claims CLIENTS JOBS BUNDLES\n")
      exit(64)
    }
  }

  /// Signs different keys, as a catalog does.
  private static func presign(urls: Int) {
    guard let access = getenv("AWS_ACCESS_KEY_ID"), let secret = getenv("AWS_SECRET_ACCESS_KEY"),
      let endpoint = S3Endpoint("https://s3.us-east-1.amazonaws.com", pathStyle: true)
    else {
      StandardStream.errors.write("rates: AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is not set\n")
      exit(1)
    }
    let presigner = Presigner(
      credentials: S3Credentials(
        accessKeyID: String(cString: access), secretAccessKey: Secret(String(cString: secret))),
      region: "us-east-1")
    // 2026-01-01, so that a peer can be asked for the same URL.
    let moment = Timestamp(microseconds: 1_767_225_600_000_000)
    var last = Secret("")
    var bytes = 0
    let begin = processorSeconds()
    do {
      for index in 0..<urls {
        last = try presigner.url(
          method: "GET", endpoint: endpoint, bucket: "bucket", key: "bundles/example-\(index)/1.0.0/bundle.tar.gz",
          expires: 300, at: moment)
        bytes += last.reveal().utf8.count
      }
    } catch {
      StandardStream.errors.write("rates: \(error.message)\n")
      exit(1)
    }
    let seconds = processorSeconds() - begin
    print(Int(Double(urls) / seconds), bytes / urls)
  }

  private static func hash(block: Int, bytes: Int) {
    let buffer = [UInt8](repeating: 0, count: block)
    let hash = SHA256()
    var fed = 0
    let begin = processorSeconds()
    while fed < bytes {
      buffer.withUnsafeBytes { hash.update($0) }
      fed += block
    }
    let checksum = hash.finishChecksum()
    let seconds = processorSeconds() - begin
    print(Int(Double(fed) / seconds), checksum.hex)
  }

  private static func work(_ claims: Claims) async {
    do {
      print(Int(try await claims.rate()))
    } catch let error as StoreError {
      StandardStream.errors.write("rates: \(error.message)\n")
      exit(1)
    } catch {
      StandardStream.errors.write("rates: \(error)\n")
      exit(1)
    }
  }

  /// What this process has had of the processors.
  private static func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
